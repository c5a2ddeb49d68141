/**
 * What happens in the WeChat panel while it is on the page?
 *
 * The states are decided in panel-state.js and drawn by panel-view.js; this file carries them out: it asks for
 * codes, shows them, counts down, listens for what happens on the phone and redeems a confirmed sign-in.
 */

import { clockFace, countdown } from "./deadline.js";
import { showFrame, stateOf } from "./frame.js";
import { keep, kept, nameFor, resumeQr } from "./kept-qr.js";
import { openQr } from "./open-qr.js";
import { START, step } from "./panel-state.js";
import { PanelView } from "./panel-view.js";
import { StatusPoll } from "./status-poll.js";
import { drawing } from "./svg-code.js";

const PATIENCE = 10_000; // for an answer of the site, and for WeChat's page to load
const PATIENCE_AT_THE_END = 30_000; // for the next page, once the sign-in is allowed
const BETWEEN_REFRESHES = 1_000;
const DOUBLE_CLICK = 400;
const HAND_MOVED = 1_500; // a page left this soon after a press was left by the visitor, not by WeChat
const DRIFT = 2; // seconds that the countdown may differ from the site's before it is set right

export class Panel {
  #model = START;
  #visible = { page: !document.hidden, panel: false };
  #kind; // of the code that is shown or on its way
  #qr = null; // the site's answer
  #poll = null;
  #secondsLeft = null;
  #previous = {}; // the last code of each kind, which a new one replaces
  #removeQr = () => {};
  #request = new AbortController();
  #lastRefresh = -Infinity;
  #lastPress = -Infinity;
  #end = 0;

  constructor(root) {
    this.root = root;
    this.view = new PanelView(root);
    this.sitesChoice = root.dataset.kind;
    this.#kind = this.sitesChoice;
    this.#listen();
    this.view.draw(this.#model, this.#kind);
    root.setAttribute("data-ready", "");
  }

  #listen() {
    this.view.part("refresh").addEventListener("click", () => this.#refresh());
    this.view.part("switch")?.addEventListener("click", () => this.#switch());
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
    const { name, attempt, kind } = this.#model;
    if (attempt !== before.attempt) this.#kind = kind || this.sitesChoice;
    if (name !== before.name || attempt !== before.attempt) this.view.draw(this.#model, this.#kind);
    if (name === "error") this.#clear();
    if (attempt !== before.attempt) this.#open(attempt);
  }

  // ── what the visitor and the browser do ──

  #see(change) {
    Object.assign(this.#visible, change);
    const seen = this.#visible.page && this.#visible.panel;
    if (seen) this.#tick();
    this.#send({ type: seen ? "show" : "hide" });
    if (seen) this.#poll?.resume();
    else this.#poll?.pause();
  }

  #refresh() {
    if (this.#pressedTwice(BETWEEN_REFRESHES)) return;
    if (this.#model.problem?.code === "session") this.#reloadPage();
    else this.#send({ type: "refresh" });
  }

  /** From the official account's code to the Open Platform's, and back. */
  #switch() {
    if (this.#pressedTwice(DOUBLE_CLICK)) return;
    this.#send({ type: "switch", kind: this.#kind === "official_account" ? "open_platform" : "" });
  }

  #pressedTwice(within) {
    if (performance.now() - this.#lastRefresh < within) return true;
    this.#lastRefresh = performance.now();
    return false;
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
    if (this.#kind !== "open_platform" || performance.now() - this.#lastPress < HAND_MOVED) return;
    this.#send({ type: "leaving" });
    this.#expectNextPage();
  }

  #expectNextPage() {
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
    this.view.part("countdown").textContent = clockFace(left);
    if (left > 0) return;
    this.#secondsLeft = null;
    // The site has the last word where it can be asked: the phone may have scanned in the last second.
    if (this.#poll) this.#poll.now();
    else this.#send({ type: "expired" });
  }

  // ── a QR code, from the question to the picture ──

  async #open(attempt) {
    this.#request.abort();
    this.#request = new AbortController();
    this.#clear();
    const outcome = await this.#ask({ fetch: fetch.bind(window), timeout: PATIENCE, signal: this.#request.signal });
    if (attempt !== this.#model.attempt) return;
    if (outcome.problem) return this.#send({ type: "failed", attempt, problem: outcome.problem });
    this.#show(outcome.qr, attempt);
    if (outcome.event) this.#hear({ ...outcome.event, attempt });
  }

  /** For the code that this tab showed before, if that is wanted and it is still good; else for a new one. */
  async #ask(options) {
    const { resumes, kind } = this.#model;
    const before = resumes && !kind ? await resumeQr(kept(this.#name()), options) : null;
    return before ?? openQr(this.root.dataset.openUrl, this.#body(), options);
  }

  #name() {
    return nameFor(this.root.dataset.openUrl, new FormData(this.view.part("form")));
  }

  #body() {
    const body = new URLSearchParams(new FormData(this.view.part("form")));
    body.set("previous", this.#previous[this.#kind] ?? "");
    if (this.#model.kind) body.set("kind", this.#model.kind);
    return body;
  }

  #show(qr, attempt) {
    const shows = { open_platform: this.#showFrame, official_account: this.#showPicture };
    if (!Object.hasOwn(shows, qr.kind)) return this.#fail("server");
    this.#qr = qr;
    this.#kind = qr.kind;
    this.view.filter(this.#model, this.#kind);
    this.#secondsLeft = countdown(qr.expires_in);
    shows[qr.kind].call(this, qr, attempt);
    this.#tick();
  }

  #showFrame(qr, attempt) {
    this.#previous.open_platform = stateOf(qr.frame_url);
    this.#removeQr = showFrame(this.view.part("qr"), qr.frame_url, {
      title: this.root.dataset.frameTitle,
      patience: PATIENCE,
      on: {
        ready: () => this.#send({ type: "ready", attempt }),
        silent: () => (this.view.part("hint").hidden = this.#model.name !== "ready"),
        failed: () => this.#send({ type: "failed", attempt, problem: { code: "frame" } }),
      },
    });
  }

  #showPicture(qr, attempt) {
    this.#previous.official_account = qr.id;
    const picture = drawing(String(qr.svg), this.root.dataset.pictureTitle);
    if (!picture) return this.#fail("server");
    this.view.part("qr").replaceChildren(picture);
    keep(this.#name(), qr);
    const on = (event) => this.#hear({ ...event, attempt });
    this.#poll = new StatusPoll(qr.status_url, { fetch: fetch.bind(window), on });
    if (qr.stream_url) this.#listenTo(qr, { poll: this.#poll, on });
    this.#removeQr = () => picture.remove();
    this.#send({ type: "ready", attempt });
    if (this.#model.visible) this.#poll.resume();
  }

  /** Polls until the stream's script is there: most sites have no streams and never load it. */
  async #listenTo(qr, { poll, on }) {
    const script = await import("./status-stream.js").catch(() => null);
    if (!script || this.#poll !== poll || this.#model.name === "done") return;
    poll.pause();
    this.#poll = script.statusOf(qr, { poll, on });
    if (this.#model.visible) this.#poll.resume();
  }

  /** What happened on the phone. */
  #hear(event) {
    const { type, secondsLeft } = event;
    if (secondsLeft > 0 && !(Math.abs(secondsLeft - (this.#secondsLeft?.() ?? -Infinity)) <= DRIFT))
      this.#secondsLeft = countdown(secondsLeft);
    if (type === "scanned") this.view.part("digits").textContent = this.#qr.digits;
    this.#send(event);
    if (type === "confirmed" && this.#model.name === "done") this.#finish();
  }

  /** As a form, so that the browser follows the site's redirect. Hearing "confirmed" again would submit it again. */
  #finish() {
    this.#poll.stop();
    const form = this.view.part("finish");
    form.action = this.#qr.finish_url;
    form.submit();
    this.#expectNextPage();
  }

  #fail(code) {
    this.#send({ type: "failed", problem: { code } });
  }

  #clear() {
    this.#poll?.stop();
    this.#removeQr();
    this.#poll = null;
    this.#removeQr = () => {};
    this.#secondsLeft = null;
  }
}
