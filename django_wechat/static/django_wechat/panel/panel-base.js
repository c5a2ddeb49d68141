/**
 * What do the QR panel and the button of a phone's browser have in common?
 *
 * The states are decided in panel-state.js and drawn by panel-view.js. Either asks the site for something that a phone
 * answers, hears what comes of it, and redeems a confirmed sign-in; how that looks is in panel.js and phone-link.js.
 */

import { corrected } from "./deadline.js";
import { nameFor } from "./kept-qr.js";
import { reloadPage } from "./happenings.js";
import { START, step } from "./panel-state.js";
import { PanelView } from "./panel-view.js";
import { asWithoutScript, guard, report } from "./safely.js";

export const PATIENCE = 10_000; // for an answer of the site, and for a code to load
const PATIENCE_AT_THE_END = 30_000; // for the next page, once the sign-in is allowed
const BETWEEN_REFRESHES = 1_000;

export class PanelBase {
  _model = START;
  _kind; // of what is shown or on its way
  _qr = null; // the site's answer
  _poll = null;
  _secondsLeft = null;
  _previous = {}; // the last code of each kind, which a new one replaces
  _removeQr = () => {};
  _request = new AbortController();
  _lastRefresh = -Infinity;
  _end = 0;

  constructor(root) {
    this.root = root;
    this.view = new PanelView(root);
    this.sitesChoice = root.dataset.kind;
    this._kind = this.sitesChoice;
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
    const { name, attempt, kind, notice } = this._model;
    const begins = attempt !== before.attempt;
    if (begins) this._kind = kind || this.sitesChoice;
    if (begins || name !== before.name || notice !== before.notice) this.view.draw(this._model, this._kind);
    if (name === "error") this._clear();
    if (begins) this._safe(this._open)(attempt);
  }

  _fail(code) {
    this._send({ type: "failed", problem: { code } });
  }

  _refresh() {
    if (this._pressedTwice(BETWEEN_REFRESHES)) return;
    if (this._model.problem?.code === "session") reloadPage(this.root);
    else this._send({ type: "refresh" });
  }

  _pressedTwice(within) {
    if (performance.now() - this._lastRefresh < within) return true;
    this._lastRefresh = performance.now();
    return false;
  }

  async _open(attempt) {
    this._request.abort();
    this._request = new AbortController();
    this._clear();
    const outcome = await this._ask(this._patiently());
    if (attempt !== this._model.attempt) return;
    if (outcome.problem) return this._send({ type: "failed", attempt, problem: outcome.problem });
    if (outcome.event && !outcome.qr) return this._send({ ...outcome.event, attempt });
    await this._show(outcome.qr, attempt, outcome.event);
  }

  _patiently() {
    return { fetch: fetch.bind(window), timeout: PATIENCE, signal: this._request.signal };
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

  /** What happened on the phone. */
  _hear(event) {
    const { type, secondsLeft } = event;
    this._secondsLeft = corrected(this._secondsLeft, secondsLeft);
    this._send(event);
    if (type === "confirmed" && this._model.name === "done") this._finish();
  }

  /** As a form, so that the browser follows the site's redirect. Hearing "confirmed" again would submit it again. */
  _finish() {
    this._poll?.stop();
    const form = this.view.part("finish");
    form.action = this._qr.finish_url;
    form.submit();
    this._expectNextPage();
  }

  _expectNextPage() {
    clearTimeout(this._end);
    const tooLate = this._safe(() => this._model.name === "done" && this._fail("slow"));
    this._end = setTimeout(tooLate, PATIENCE_AT_THE_END);
  }

  _clear() {
    this._poll?.stop();
    this._removeQr();
    this._poll = null;
    this._removeQr = () => {};
    this._secondsLeft = null;
  }
}
