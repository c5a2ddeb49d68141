// The page that a computer's code opens, or a link in a phone's browser: says who wants to be signed in, and asks.
const { ask, confirm, opened, refuse } = require("../../computer");
const config = require("../../config");
const { told } = require("../../told");
const common = require("../../words");
const { fill, words } = require("./words");

/** Those of links, by which the browser is on this very phone. */
const LINKS = [1065, 1194, 1286];

/** After these nothing can be tried again with this code. */
const FINAL = ["wrong_entry", "qr_over"];

/** What the code is for, in words and in rows; what the site does not know is left out. */
function described(asked, isLink) {
  const t = words();
  const { site, host, browser, system, place, process, digits } = asked;
  const purpose = isLink && process === "login" ? t.browserLogin : (t.purposes[process] ?? t.purposes.login);
  const rows = [
    [t.site, site === host ? host : `${site} (${host})`],
    [t.browser, browser],
    [t.system, system],
    [t.place, place],
    [t.time, ago(asked.time)],
  ];
  return {
    digits,
    purpose: fill(purpose, { site }),
    why: fill(process === "connect" ? t.connectWhy : t.why, { site }),
    rows: rows.filter(([, value]) => value).map(([name, value]) => ({ name, value })),
  };
}

/** How long ago; old phones read no fractions of a second, and a clock that is wrong says nothing. */
function ago(time) {
  const n = Math.floor((Date.now() - Date.parse(time.replace(/\.\d+/, ""))) / 60000);
  return n > 0 ? fill(words().minutesAgo, { n }) : words().justNow;
}

/** For somebody who came without a code. */
function nothing() {
  const t = words();
  const site = config.name;
  return { purpose: fill(t.nothingTitle, { site }), why: fill(t.why, { site }), how: fill(t.nothing, { site }) };
}

Page({
  data: {
    t: words(),
    state: "asking",
    code: { scene: "", appid: "", entry: 0 },
    isLink: false,
    asked: {},
    message: "",
    next: "",
    wasHidden: false,
    canRetry: false,
    isBusy: false,
  },

  async onLoad(query) {
    await this.enter(query);
  },

  onHide() {
    this.setData({ wasHidden: true });
  },

  /** The program was running already when a code opened it: WeChat may show this very page once more. */
  async onShow() {
    if (this.data.wasHidden) await this.enter(wx.getEnterOptionsSync().query);
  },

  async enter(query = {}) {
    const code = opened(query);
    const { scene } = this.data.code;
    const isOver = this.data.state === "stopped" && !this.data.canRetry;
    // Whoever was in a chat meanwhile comes back by another way, to the same code: what was asked stays.
    if (scene && (!code.scene || (code.scene === scene && !isOver))) return;
    const isLink = LINKS.includes(code.entry);
    const t = words();
    this.setData({ t, code, isLink });
    wx.setNavigationBarTitle({ title: isLink ? t.browserTitle : t.title });
    if (code.scene) await this.ask();
    else this.setData({ state: "nothing", asked: nothing() });
  },

  async ask() {
    const { code, isLink } = this.data;
    this.setData({ state: "asking", message: "", next: "", canRetry: false });
    const answer = await this.trying(ask(code));
    // Another code was opened meanwhile.
    if (code.scene !== this.data.code.scene || code.entry !== this.data.code.entry) return;
    if (answer?.statusCode === 200) this.setData({ state: "asked", asked: described(answer.data, isLink) });
    else this.setData({ state: "stopped" });
  },

  async confirm() {
    const answer = await this.answering(confirm);
    if (answer?.statusCode !== 200) return;
    const { digits = "" } = answer.data;
    const t = words();
    const next = digits ? t.toNumber : this.data.isLink ? t.backToBrowser : t.backToComputer;
    this.setData({ state: "confirmed", "asked.digits": digits, next });
  },

  async refuse() {
    const answer = await this.answering(refuse);
    if (answer?.statusCode === 200) this.setData({ state: "refused", next: words().afterRefusal });
  },

  async answering(send) {
    this.setData({ isBusy: true, message: "" });
    const answer = await this.trying(send(this.data.code));
    this.setData({ isBusy: false });
    return answer;
  },

  /** The answer; what went wrong is said, and what to do where nothing can be tried again. */
  async trying(request) {
    try {
      const answer = await request;
      const code = answer.data.error?.code;
      const isFinal = FINAL.includes(code);
      const { over, browserOver } = words();
      this.setData({ message: told(answer), canRetry: !isFinal });
      if (isFinal) this.setData({ state: "stopped" });
      if (code === "qr_over") this.setData({ next: this.data.isLink ? browserOver : over });
      return answer;
    } catch {
      this.setData({ message: common.words().noConnection, canRetry: true });
      return undefined;
    }
  },

  signInHere() {
    wx.reLaunch({ url: "/pages/sign-in/sign-in" });
  },
});
