/**
 * How does a phone's ordinary browser get into WeChat, and how does the sign-in go on here?
 *
 * A tap asks the site for a link, which is good for one sign-in of this browser, and goes there. WeChat cannot lead
 * back: the person comes back by hand. So the site is asked as soon as the page is seen again. iOS lets no timer run in
 * a page that is not seen, and browsers throw such pages away: the link is kept for this tab.
 */

import { forget, keep, kept, resumeQr } from "./kept-qr.js";
import { openQr } from "./open-qr.js";
import { PanelBase } from "./panel-base.js";
import { statusNow, StatusPoll } from "./status-poll.js";

const PROTOCOLS = ["https:", "http:", "weixin:"];
const WAITS = ["ready", "scanned"];

/** The address to go to, or "" for one that leads to no page and no app. */
export function addressOf(link) {
  try {
    return PROTOCOLS.includes(new URL(link).protocol) ? link : "";
  } catch {
    return "";
  }
}

export class PhoneLink extends PanelBase {
  _tapped = false; // a link that nobody asked for is never fetched: they are counted
  _lastLook = null;

  constructor(root) {
    super(root);
    this._safe(this._start)();
  }

  _start() {
    this.view.draw(this._model, this._kind);
    this.view.part("refresh").addEventListener("click", this._safe(this._tap));
    const see = this._safe(this._see);
    document.addEventListener("visibilitychange", () => see());
    window.addEventListener("pageshow", ({ persisted }) => see(persisted));
    window.addEventListener("online", this._safe(() => this._send({ type: "online" })));
    this.root.setAttribute("data-ready", "");
    if (kept(this._name())) this._send({ type: "refresh" });
  }

  _tap() {
    this._tapped = true;
    this._refresh();
  }

  _see(persisted = false) {
    const { name } = this._model;
    if (document.hidden) this._poll?.pause();
    else if (WAITS.includes(name)) return this._look();
    else if (persisted || name === "error") this._send({ type: "returned" });
  }

  /** With no timer in its way, and whatever became of a question from before. */
  async _look() {
    const look = (this._lastLook = {});
    const { attempt } = this._model;
    this._poll?.stop();
    const event = await statusNow(this._qr.status_url, this._patiently());
    if (look !== this._lastLook || attempt !== this._model.attempt) return;
    this._wait(attempt);
    if (event) this._hear({ ...event, attempt });
  }

  /** For the link that this tab has already, if it is still good; else for a new one, if somebody tapped. */
  async _ask(options) {
    const before = this._model.resumes ? await resumeQr(kept(this._name()), options) : null;
    if (before) return before;
    if (!this._tapped) return { event: { type: "none" } };
    return openQr(this.root.dataset.openUrl, this._body(), options);
  }

  _show(qr, attempt, event) {
    const address = addressOf(qr.link);
    if (!address) return this._fail("server");
    this._qr = qr;
    this._previous[this._kind] = qr.id;
    this.view.part("link").href = address;
    keep(this._name(), qr);
    this._wait(attempt);
    const goes = this._tapped && (!event || event.type === "waiting");
    this._tapped = false;
    if (event) this._hear({ ...event, attempt });
    if (goes) location.assign(address);
  }

  _wait(attempt) {
    const on = this._safe((event) => this._hear({ ...event, attempt }));
    this._poll = new StatusPoll(this._qr.status_url, { fetch: fetch.bind(window), on });
    this._send({ type: "ready", attempt });
    if (!document.hidden) this._poll.resume();
  }

  _send(event) {
    super._send(event);
    const { name } = this._model;
    if (name === "error") this._tapped = false; // nobody is led away long after a tap
    if (["refused", "expired"].includes(name)) forget(this._name());
  }
}
