/**
 * What happens in the WeChat panel while it is on the page?
 *
 * The states are decided in panel-state.js and drawn by panel-view.js; this file carries them out: it asks for
 * codes, shows them, counts down, and listens for what happens on the phone.
 */

import { clockFace, countdown } from "./deadline.js";
import { showFrame, stateOf } from "./frame.js";
import { listen } from "./happenings.js";
import { forget, keep, kept, resumeQr } from "./kept-qr.js";
import { openQr } from "./open-qr.js";
import { PanelBase, PATIENCE } from "./panel-base.js";
import { image, isThere } from "./picture.js";
import { fill } from "./safely.js";
import { StatusPoll } from "./status-poll.js";
import { drawing } from "./svg-code.js";

const DOUBLE_CLICK = 400;
const HAND_MOVED = 1_500; // a page left this soon after a press was left by the visitor, not by WeChat

export class Panel extends PanelBase {
  _visible = { page: !document.hidden, panel: false };
  _lastPress = -Infinity;

  constructor(root) {
    super(root);
    this._safe(this._start)();
  }

  _start() {
    this.view.draw(this._model, this._kind);
    listen(this.root, this.view, {
      refresh: this._safe(this._refresh),
      turn: this._safe(this._turn),
      see: this._safe(this._see),
      online: this._safe(() => this._send({ type: "online" })),
      comeBack: this._safe(this._comeBack),
      leave: this._safe(this._leave),
      press: () => (this._lastPress = performance.now()),
      tick: this._safe(this._tick),
    });
    this.root.setAttribute("data-ready", "");
  }

  // ── the visitor and the browser ──

  _see(change) {
    Object.assign(this._visible, change);
    const seen = this._visible.page && this._visible.panel;
    if (seen) this._tick();
    this._send({ type: seen ? "show" : "hide" });
    if (seen) this._poll?.resume();
    else this._poll?.pause();
  }

  /** To another kind of code; by the one button of a site's own panel, to the Open Platform's and back to the first. */
  _turn(kind = this._kind === "open_platform" ? this.sitesChoice : "open_platform") {
    if (this._pressedTwice(DOUBLE_CLICK)) return;
    this._send({ type: "switch", kind: kind === this.sitesChoice ? "" : kind });
  }

  /** WeChat's frame moves the window on when the sign-in was allowed; no press came before it. */
  _leave() {
    if (this._kind !== "open_platform" || performance.now() - this._lastPress < HAND_MOVED) return;
    this._send({ type: "leaving" });
    this._expectNextPage();
  }

  _comeBack() {
    this._tick();
    this._send({ type: "returned" });
  }

  _tick() {
    if (this._secondsLeft === null) return;
    const left = this._secondsLeft();
    this.view.part("countdown").textContent = clockFace(left);
    if (left > 0) return;
    this._secondsLeft = null;
    // The site has the last word where it can be asked: the phone may have scanned in the last second.
    if (this._poll) this._poll.now();
    else this._send({ type: "expired" });
  }

  // ── a QR code ──

  /** For the code that this tab showed before, if that is wanted and it is still good; else for a new one. */
  async _ask(options) {
    const { resumes, kind } = this._model;
    const before = resumes && !kind ? await resumeQr(kept(this._name()), options) : null;
    return before ?? openQr(this.root.dataset.openUrl, this._body(), options);
  }

  _show(qr, attempt, event) {
    const show = qr.frame_url ? this._showFrame : (qr.svg || qr.image_url) && this._showPicture;
    if (!show) return this._fail("server");
    this._qr = qr;
    this._kind = qr.kind;
    this.view.filter(this._model, this._kind);
    this._secondsLeft = countdown(qr.expires_in);
    this._tick();
    return show.call(this, qr, attempt, event);
  }

  _showFrame(qr, attempt) {
    this._previous[qr.kind] = stateOf(qr.frame_url);
    this._removeQr = showFrame(this.view.part("qr"), qr.frame_url, {
      title: this.root.dataset.frameTitle,
      patience: PATIENCE,
      on: {
        ready: this._safe(() => this._send({ type: "ready", attempt })),
        silent: this._safe(() => (this.view.part("hint").hidden = this._model.name !== "ready")),
        failed: this._safe(() => this._send({ type: "failed", attempt, problem: { code: "frame" } })),
      },
    });
  }

  /** `event` is what has happened to it already, where this tab showed it before. */
  async _showPicture(qr, attempt, event) {
    this._previous[qr.kind] = qr.id;
    const { pictureTitle, imageTitle } = this.root.dataset;
    const picture = qr.svg ? drawing(String(qr.svg), pictureTitle) : image(String(qr.image_url), imageTitle);
    if (!picture) return this._fail("server");
    fill(this.view.part("qr"), picture);
    this._removeQr = () => picture.remove();
    // Once it is scanned, nobody needs to see it.
    const wanted = !event || event.type === "waiting";
    if (wanted && !(await isThere(picture, PATIENCE))) return this._lose(attempt);
    if (attempt !== this._model.attempt) return;
    keep(this._name(), qr);
    this._wait(qr, attempt);
    if (event) this._hear({ ...event, attempt });
  }

  /** The picture did not come: Refresh asks for another code, not for this one again. */
  _lose(attempt) {
    forget(this._name());
    this._send({ type: "failed", attempt, problem: { code: "picture" } });
  }

  _hear(event) {
    if (event.type === "scanned") this.view.part("digits").textContent = event.digits;
    super._hear(event);
  }

  _wait(qr, attempt) {
    const on = this._safe((event) => this._hear({ ...event, attempt }));
    this._poll = new StatusPoll(qr.status_url, { fetch: fetch.bind(window), on });
    if (qr.stream_url) this._safe(this._listenTo)(qr, { poll: this._poll, on });
    this._send({ type: "ready", attempt });
    if (this._model.visible) this._poll.resume();
  }

  /** Polls until the stream's script is there: most sites have no streams and never load it. */
  async _listenTo(qr, { poll, on }) {
    const script = await import("./status-stream.js").catch(() => null);
    if (!script || this._poll !== poll || this._model.name === "done") return;
    poll.pause();
    this._poll = script.statusOf(qr, { poll, on });
    if (this._model.visible) this._poll.resume();
  }
}
