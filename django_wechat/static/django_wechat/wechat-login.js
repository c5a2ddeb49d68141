/**
 * What is `<wechat-login>`? The WeChat panel for any page of the site, also one that no Django template drew.
 *
 * Not in a shadow: the page's stylesheet reaches it. `wechat-login` events say how far it is (`event.detail.state`).
 */

import { enhanceCopy } from "./copy.js";
import { fetchPanel, panelUrl, wordsFor } from "./login-fragment.js";
import { Panel } from "./panel.js";

const PATIENCE = 10_000;

class WeChatLogin extends HTMLElement {
  #asked = false;

  /** Moving the element within the page keeps what it shows. */
  connectedCallback() {
    if (!this.#asked) this.#load();
  }

  async #load() {
    this.#asked = true;
    this.#card("loading");
    const url = panelUrl(Object.fromEntries([...this.attributes].map(({ name, value }) => [name, value])), location);
    const { signal } = new AbortController();
    const answer = url && (await fetchPanel(url, { fetch: fetch.bind(window), timeout: PATIENCE, signal }));
    if (answer) this.#show(answer);
    else this.#card("failed");
  }

  /** Read as a document of its own first, in which no script runs. */
  #show({ html, language }) {
    this.replaceChildren(...new DOMParser().parseFromString(html, "text/html").body.children);
    this.lang = language;
    this.querySelectorAll("[data-wechat-copy]").forEach((root) => enhanceCopy(root));
    this.querySelectorAll("[data-wechat-panel]").forEach((root) => {
      const listen = () => root.dataset.state === "done" && this.#tell("done");
      new MutationObserver(listen).observe(root, { attributeFilter: ["data-state"] });
      new Panel(root);
    });
    this.#tell(html ? "shown" : "unavailable");
  }

  /** Until the panel is there. */
  #card(state) {
    const words = wordsFor(this.closest("[lang]")?.lang ?? "");
    const card = make("section", "wechat-root wechat-card wechat-centred");
    const again = make("button", "wechat-button wechat-button-quiet", words.again);
    again.type = "button";
    again.addEventListener("click", () => this.#load());
    card.append(
      state === "failed" ? "" : make("span", "wechat-wait"),
      make("p", "", words[state]),
      state === "failed" ? again : "",
    );
    card.setAttribute("role", state === "failed" ? "alert" : "status");
    this.replaceChildren(card);
    this.#tell(state);
  }

  #tell(state) {
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
