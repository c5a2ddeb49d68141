/**
 * What happens in the WeChat panel while it is on the page?
 *
 * The states are decided in panel-state.js; this file carries them out: it asks for codes, shows them, counts
 * down and puts the words of the template on screen. All words come from the page, none from here.
 */

import { clockFace, countdown } from "./deadline.js";
import { showFrame, stateOf } from "./frame.js";
import { openQr } from "./open-qr.js";
import { START, step } from "./panel-state.js";

const PATIENCE = 10_000; // for an answer of the site, and for WeChat's page to load
const PATIENCE_AT_THE_END = 30_000; // for the next page, once the sign-in is allowed
const BETWEEN_REFRESHES = 1_000;
const HAND_MOVED = 1_500; // a page left this soon after a press was left by the visitor, not by WeChat

export class Panel {
  #model = START;
  #visible = { page: true, panel: false };
  #secondsLeft = null;
  #previous = "";
  #removeQr = () => {};
  #request = new AbortController();
  #lastRefresh = -Infinity;
  #lastPress = -Infinity;
  #end = 0;

  constructor(root) {
    this.root = root;
    this.form = root.querySelector("form");
    this.box = this.#part("qr");
    this.refreshButton = this.#part("refresh");
    this.#listen();
    this.#draw();
    root.setAttribute("data-ready", "");
  }

  #part(name) {
    return this.root.querySelector(`[data-wechat-part="${name}"]`);
  }

  #listen() {
    this.refreshButton.addEventListener("click", () => this.#refresh());
    new IntersectionObserver((entries) => this.#see({ panel: entries.at(-1).isIntersecting })).observe(this.root);
    document.addEventListener("visibilitychange", () => this.#see({ page: !document.hidden }));
    window.addEventListener("online", () => this.#send({ type: "online" }));
    window.addEventListener("pageshow", (event) => event.persisted && this.#comeBack());
    window.addEventListener("beforeunload", () => this.#leave());
    ["pointerdown", "keydown"].forEach((type) =>
      window.addEventListener(type, () => (this.#lastPress = performance.now()), { capture: true }),
    );
    setInterval(() => this.#tick(), 1000);
  }

  #send(event) {
    const before = this.#model;
    this.#model = step(before, event);
    if (this.#model.name !== before.name || this.#model.attempt !== before.attempt) this.#draw();
    if (this.#model.attempt !== before.attempt) this.#open(this.#model.attempt);
  }

  // ── what the visitor and the browser do ──

  #see(change) {
    Object.assign(this.#visible, change);
    const seen = this.#visible.page && this.#visible.panel;
    if (seen) this.#tick();
    this.#send({ type: seen ? "show" : "hide" });
  }

  #refresh() {
    if (performance.now() - this.#lastRefresh < BETWEEN_REFRESHES) return;
    this.#lastRefresh = performance.now();
    if (this.#model.problem?.code === "session") this.#reloadPage();
    else this.#send({ type: "refresh" });
  }

  /** Not `location.reload()`: after a refused password that would ask to send the form again. */
  #reloadPage() {
    const url = new URL(location.href);
    const tab = this.root.closest("[data-wechat-tabpanel]");
    if (tab) url.searchParams.set("tab", tab.id);
    url.hash = "";
    location.replace(url);
  }

  /** WeChat's frame moves the window on when the sign-in was allowed; no press came before it. */
  #leave() {
    if (performance.now() - this.#lastPress < HAND_MOVED) return;
    this.#send({ type: "leaving" });
    clearTimeout(this.#end);
    this.#end = setTimeout(() => {
      if (this.#model.name === "done") this.#fail("slow");
    }, PATIENCE_AT_THE_END);
  }

  #comeBack() {
    this.#tick();
    this.#send({ type: "returned" });
  }

  #tick() {
    if (this.#secondsLeft === null) return;
    const left = this.#secondsLeft();
    this.#part("countdown").textContent = clockFace(left);
    if (left > 0) return;
    this.#secondsLeft = null;
    this.#send({ type: "expired" });
  }

  // ── a QR code, from the question to the picture ──

  async #open(attempt) {
    this.#request.abort();
    this.#request = new AbortController();
    this.#clear();
    const { openUrl } = this.root.dataset;
    const { signal } = this.#request;
    const outcome = await openQr(openUrl, this.#body(), { fetch: fetch.bind(window), timeout: PATIENCE, signal });
    if (attempt !== this.#model.attempt) return;
    if (outcome.problem) this.#send({ type: "failed", attempt, problem: outcome.problem });
    else this.#show(outcome.qr, attempt);
  }

  #body() {
    const body = new URLSearchParams(new FormData(this.form));
    body.set("previous", this.#previous);
    return body;
  }

  #show(qr, attempt) {
    const show = { open_platform: () => this.#showFrame(qr, attempt) }[qr.kind];
    if (!show) return this.#fail("server");
    this.#secondsLeft = countdown(qr.expires_in);
    show();
    this.#tick();
  }

  #showFrame(qr, attempt) {
    this.#previous = stateOf(qr.frame_url);
    this.#removeQr = showFrame(this.box, qr.frame_url, {
      title: this.root.dataset.frameTitle,
      patience: PATIENCE,
      on: {
        ready: () => this.#send({ type: "ready", attempt }),
        silent: () => (this.#part("hint").hidden = this.#model.name !== "ready"),
        failed: () => this.#send({ type: "failed", attempt, problem: { code: "frame" } }),
      },
    });
  }

  #fail(code) {
    this.#send({ type: "failed", problem: { code } });
  }

  #clear() {
    this.#removeQr();
    this.#removeQr = () => {};
    this.#secondsLeft = null;
  }

  // ── words on the screen ──

  #draw() {
    const { name } = this.#model;
    if (name === "error") this.#clear();
    this.root.dataset.state = name;
    this.root.querySelectorAll("[data-wechat-in]").forEach((part) => {
      part.hidden = !part.dataset.wechatIn.split(" ").includes(name);
    });
    this.#part("hint").hidden = true;
    this.box.inert = name !== "ready";
    this.#drawProblem();
    this.#drawRefresh();
    this.#say(name);
  }

  #drawProblem() {
    const { problem } = this.#model;
    if (!problem) return;
    const words = this.#words(problem.code) ?? this.#words("server");
    this.#part("problem").replaceChildren(words);
    this.#fill("message", problem.message);
    this.#fill("reference", problem.reference);
  }

  #fill(name, text) {
    const place = this.#part("problem").querySelector(`[data-wechat-${name}]`);
    if (!place || !text) return;
    place.textContent = text;
    place.closest("p").hidden = false;
  }

  #words(code) {
    return this.root.querySelector(`template[data-wechat-problem="${code}"]`)?.content.cloneNode(true);
  }

  #drawRefresh() {
    const { label, labelReload } = this.refreshButton.dataset;
    const busy = ["loading", "done"].includes(this.#model.name);
    this.#part("refresh-label").textContent = this.#model.problem?.code === "session" ? labelReload : label;
    this.refreshButton.setAttribute("aria-disabled", String(busy));
  }

  /** Once for every change of state, to people who do not see it. */
  #say(name) {
    const shown = this.root.querySelector(`[data-wechat-say~="${name}"]`);
    this.#part("live").textContent = shown ? shown.textContent.trim().replace(/\s+/g, " ") : "";
  }
}
