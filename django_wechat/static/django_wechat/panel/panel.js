/**
 * What happens in the WeChat panel while it is on the page?
 *
 * The states are decided in panel-state.js and drawn by panel-view.js; this file carries them out: it asks for
 * codes, shows them, counts down, listens for what happens on the phone and redeems a confirmed sign-in.
 */

import { clockFace, corrected, countdown } from "./deadline.js";
import { showFrame, stateOf } from "./frame.js";
import { keep, kept, nameFor, resumeQr } from "./kept-qr.js";
import { listen, reloadPage } from "./happenings.js";
import { openQr } from "./open-qr.js";
import { START, step } from "./panel-state.js";
import { PanelView } from "./panel-view.js";
import { asWithoutScript, fill, guard, report } from "./safely.js";
import { StatusPoll } from "./status-poll.js";
import { drawing } from "./svg-code.js";

const PATIENCE = 10_000; // for an answer of the site, and for WeChat's page to load
const PATIENCE_AT_THE_END = 30_000; // for the next page, once the sign-in is allowed
const BETWEEN_REFRESHES = 1_000;
const DOUBLE_CLICK = 400;
const HAND_MOVED = 1_500; // a page left this soon after a press was left by the visitor, not by WeChat

export class Panel {
  _model = START;
  _visible = { page: !document.hidden, panel: false };
  _kind; // of the code that is shown or on its way
  _qr = null; // the site's answer
  _poll = null;
  _secondsLeft = null;
  _previous = {}; // the last code of each kind, which a new one replaces
  _removeQr = () => {};
  _request = new AbortController();
  _lastRefresh = -Infinity;
  _lastPress = -Infinity;
  _end = 0;

  constructor(root) {
    this.root = root;
    this.view = new PanelView(root);
    this.sitesChoice = root.dataset.kind;
    this._kind = this.sitesChoice;
    this._safe(this._start)();
  }

  _start() {
    this.view.draw(this._model, this._kind);
    listen(this.root, this.view, {
      refresh: this._safe(this._refresh),
      turn: this._safe(this._switch),
      see: this._safe(this._see),
      online: this._safe(() => this._send({ type: "online" })),
      comeBack: this._safe(this._comeBack),
      leave: this._safe(this._leave),
      press: () => (this._lastPress = performance.now()),
      tick: this._safe(this._tick),
    });
    this.root.setAttribute("data-ready", "");
  }

  /** Whatever throws in `act` ends in a state that has words and a way on. */
  _safe(act) {
    return guard(act.bind(this), (error) => this._break(error));
  }

  _break(error) {
    report(error);
    guard(
      () => this._send({ type: "broken", problem: { code: "server" } }),
      () => asWithoutScript(this.root),
    )();
  }

  _send(event) {
    const before = this._model;
    this._model = step(before, event);
    const { name, attempt, kind } = this._model;
    if (attempt !== before.attempt) this._kind = kind || this.sitesChoice;
    if (name !== before.name || attempt !== before.attempt) this.view.draw(this._model, this._kind);
    if (name === "error") this._clear();
    if (attempt !== before.attempt) this._safe(this._open)(attempt);
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

  _refresh() {
    if (this._pressedTwice(BETWEEN_REFRESHES)) return;
    if (this._model.problem?.code === "session") reloadPage(this.root);
    else this._send({ type: "refresh" });
  }

  /** To the Open Platform's code, and back to the one before it. */
  _switch() {
    if (this._pressedTwice(DOUBLE_CLICK)) return;
    this._send({ type: "switch", kind: this._kind === "open_platform" ? "" : "open_platform" });
  }

  _pressedTwice(within) {
    if (performance.now() - this._lastRefresh < within) return true;
    this._lastRefresh = performance.now();
    return false;
  }

  /** WeChat's frame moves the window on when the sign-in was allowed; no press came before it. */
  _leave() {
    if (this._kind !== "open_platform" || performance.now() - this._lastPress < HAND_MOVED) return;
    this._send({ type: "leaving" });
    this._expectNextPage();
  }

  _expectNextPage() {
    clearTimeout(this._end);
    const tooLate = this._safe(() => this._model.name === "done" && this._fail("slow"));
    this._end = setTimeout(tooLate, PATIENCE_AT_THE_END);
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

  async _open(attempt) {
    this._request.abort();
    this._request = new AbortController();
    this._clear();
    const outcome = await this._ask({ fetch: fetch.bind(window), timeout: PATIENCE, signal: this._request.signal });
    if (attempt !== this._model.attempt) return;
    if (outcome.problem) return this._send({ type: "failed", attempt, problem: outcome.problem });
    this._show(outcome.qr, attempt);
    if (outcome.event) this._hear({ ...outcome.event, attempt });
  }

  /** For the code that this tab showed before, if that is wanted and it is still good; else for a new one. */
  async _ask(options) {
    const { resumes, kind } = this._model;
    const before = resumes && !kind ? await resumeQr(kept(this._name()), options) : null;
    return before ?? openQr(this.root.dataset.openUrl, this._body(), options);
  }

  _name() {
    return nameFor(this.root.dataset.openUrl, new FormData(this.view.part("form")));
  }

  _body() {
    const body = new URLSearchParams(new FormData(this.view.part("form")));
    body.set("previous", this._previous[this._kind] ?? "");
    if (this._model.kind) body.set("kind", this._model.kind);
    return body;
  }

  _show(qr, attempt) {
    const show = qr.frame_url ? this._showFrame : qr.svg && this._showPicture;
    if (!show) return this._fail("server");
    this._qr = qr;
    this._kind = qr.kind;
    this.view.filter(this._model, this._kind);
    this._secondsLeft = countdown(qr.expires_in);
    show.call(this, qr, attempt);
    this._tick();
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

  _showPicture(qr, attempt) {
    this._previous[qr.kind] = qr.id;
    const picture = drawing(String(qr.svg), this.root.dataset.pictureTitle);
    if (!picture) return this._fail("server");
    fill(this.view.part("qr"), picture);
    keep(this._name(), qr);
    const on = this._safe((event) => this._hear({ ...event, attempt }));
    this._poll = new StatusPoll(qr.status_url, { fetch: fetch.bind(window), on });
    if (qr.stream_url) this._safe(this._listenTo)(qr, { poll: this._poll, on });
    this._removeQr = () => picture.remove();
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

  /** What happened on the phone. */
  _hear(event) {
    const { type, secondsLeft } = event;
    this._secondsLeft = corrected(this._secondsLeft, secondsLeft);
    if (type === "scanned") this.view.part("digits").textContent = event.digits;
    this._send(event);
    if (type === "confirmed" && this._model.name === "done") this._finish();
  }

  /** As a form, so that the browser follows the site's redirect. Hearing "confirmed" again would submit it again. */
  _finish() {
    this._poll.stop();
    const form = this.view.part("finish");
    form.action = this._qr.finish_url;
    form.submit();
    this._expectNextPage();
  }

  _fail(code) {
    this._send({ type: "failed", problem: { code } });
  }

  _clear() {
    this._poll?.stop();
    this._removeQr();
    this._poll = null;
    this._removeQr = () => {};
    this._secondsLeft = null;
  }
}
