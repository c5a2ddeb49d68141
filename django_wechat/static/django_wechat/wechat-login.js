/**
 * What is `<wechat-login>`? The WeChat panel for any page of the site, also one that no Django template drew.
 *
 * Not in a shadow: the page's stylesheet reaches it. `wechat-login` events say how far it is (`event.detail.state`).
 */

import { enhanceCopy } from "./panel/copy.js";
import { fetchPanel, panelUrl, wordsFor } from "./panel/login-fragment.js";
import { Panel } from "./panel/panel.js";
import { enhance, fill, report, showPhoneLink } from "./panel/safely.js";

const PATIENCE = 10_000;

class WeChatLogin extends HTMLElement {
  _asked = false;

  /** Moving the element within the page keeps what it shows. */
  connectedCallback() {
    if (!this._asked) this._load();
  }

  _load() {
    this._asked = true;
    this._card("loading");
    this._fetch().catch((error) => {
      report(error);
      this._card("failed");
    });
  }

  async _fetch() {
    const url = panelUrl(Object.fromEntries([...this.attributes].map(({ name, value }) => [name, value])), location);
    const { signal } = new AbortController();
    const answer = url && (await fetchPanel(url, { fetch: fetch.bind(window), timeout: PATIENCE, signal }));
    if (answer) this._show(answer);
    else this._card("failed");
  }

  /** Read as a document of its own first, in which no script runs. */
  _show({ html, language }) {
    fill(this, ...new DOMParser().parseFromString(html, "text/html").body.children);
    this.lang = language;
    enhance(this.querySelectorAll("[data-wechat-copy]"), enhanceCopy);
    enhance(this.querySelectorAll("[data-wechat-panel]"), (root) => this._live(root, () => new Panel(root)));
    enhance(this.querySelectorAll("[data-wechat-phone-link]"), (root) => this._live(root, () => showPhoneLink(root)));
    this._tell(html ? "shown" : "unavailable");
  }

  _live(root, enliven) {
    const listen = () => root.dataset.state === "done" && this._tell("done");
    new MutationObserver(listen).observe(root, { attributeFilter: ["data-state"] });
    enliven();
  }

  /** Until the panel is there. */
  _card(state) {
    const words = wordsFor(this.closest("[lang]")?.lang ?? "");
    const card = make("section", "wechat-root wechat-card wechat-centred");
    const again = make("button", "wechat-button wechat-button-quiet", words.again);
    again.type = "button";
    again.addEventListener("click", () => this._load());
    const failed = state === "failed";
    card.append(make("p", "", words[state]));
    if (failed) card.append(again);
    else card.prepend(make("span", "wechat-wait"));
    card.setAttribute("role", failed ? "alert" : "status");
    fill(this, card);
    this._tell(state);
  }

  _tell(state) {
    this.dataset.state = state;
    this.dispatchEvent(new CustomEvent("wechat-login", { bubbles: true, detail: { state } }));
  }
}

function make(name, className, text = "") {
  const element = document.createElement(name);
  element.className = className;
  element.textContent = text;
  return element;
}

customElements.define("wechat-login", WeChatLogin);
