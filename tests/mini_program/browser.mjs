/** A browser at the example site, with its cookies: a PC's, or a phone's. Its pages are not drawn. */

const AGENTS = {
  pc: "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
  phone:
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) " +
    "Version/17.5 Mobile/15E148 Safari/604.1",
};

export class Browser {
  constructor(site, kind = "pc") {
    this.site = site;
    this.agent = AGENTS[kind];
    this.cookies = new Map();
  }

  async #send(path, options = {}) {
    const headers = {
      "User-Agent": this.agent,
      Cookie: [...this.cookies].map((pair) => pair.join("=")).join("; "),
      Origin: this.site,
      "X-CSRFToken": this.cookies.get("csrftoken") ?? "",
    };
    const answer = await fetch(new URL(path, this.site), { redirect: "manual", ...options, headers });
    for (const cookie of answer.headers.getSetCookie()) {
      const [name, value] = cookie.split(";", 1)[0].split("=");
      this.cookies.set(name, value);
    }
    return answer;
  }

  get(path) {
    return this.#send(path);
  }

  /** Send a form of the site's. */
  async post(path, values = {}) {
    if (!this.cookies.has("csrftoken")) await this.get("/accounts/login/");
    return this.#send(path, { method: "POST", body: new URLSearchParams(values) });
  }

  /** Open the WeChat tab's code, or its link; return what the tab is told. */
  async opened(kind, values = {}) {
    const answer = await this.post("/accounts/wechat/qr/", { kind, ...values });
    if (!answer.ok) throw new Error(`${answer.status}: ${await answer.text()}`);
    return answer.json();
  }

  /** The picture of the code, in base64. */
  async picture({ image_url }) {
    return Buffer.from(await (await this.get(image_url)).arrayBuffer()).toString("base64");
  }

  async status({ status_url }) {
    return (await this.get(status_url)).json();
  }

  /** Finish, as the tab does when it is confirmed; return who is signed in then, undefined for nobody. */
  async finish({ finish_url }, values = {}) {
    await this.post(finish_url, values);
    return this.who();
  }

  async who() {
    const answer = await this.get("/_allauth/browser/v1/auth/session");
    return (await answer.json()).data?.user?.id;
  }
}
