/**
 * How does the panel learn what happens on the phone, without asking?
 *
 * Where the site offers a stream of events, it listens; else, and wherever streams are cut or held back on the way, it
 * polls. Never both at once. The stream is given up for the rest of the page when it is refused, when nothing comes
 * from it, or when it fails twice in a row; a single failure is mended by the browser, which connects again.
 */

import { CLOCK, eventFor, GOES_ON } from "./status-poll.js";

const FIRST = 5_000; // for the first event of a stream
const SILENCE = 40_000; // heartbeats come every 15 seconds
const LASTS = 10_000; // a stream that was cut sooner counts as failed, whatever came from it
const FAILURES = 2;
const PAGE = { cut: false };

/** The best way to hear of `qr`, or `poll`, paused: `resume` it. `on` hears the same events from either. */
export function statusOf(qr, { poll, on, EventSource = globalThis.EventSource, page = PAGE, clock = CLOCK }) {
  if (!qr.stream_url || !EventSource || page.cut) return poll;
  return new StatusStream(qr.stream_url, { poll, on, EventSource, page, clock });
}

/** Has the methods of a `StatusPoll`, and turns to `poll` for good when the stream is given up. */
export class StatusStream {
  _source = null;
  _paused = true;
  _over = false;
  _failures = 0;
  _since = null; // when the first event of this connection came
  _timer = null;

  constructor(url, { poll, on, EventSource, page, clock }) {
    Object.assign(this, { url, poll, on, EventSource, page, clock });
  }

  resume() {
    if (!this._paused) return;
    this._paused = false;
    if (this.page.cut) this.poll.resume();
    else if (!this._over) this._listen();
  }

  pause() {
    this._paused = true;
    this._close();
    this.poll.pause();
  }

  /** Something has to come now: the time is up. */
  now() {
    if (this.page.cut) this.poll.now();
    else if (this._source) this._expect(FIRST);
  }

  stop() {
    this._over = true;
    this._close();
    this.poll.stop();
  }

  _listen() {
    let source;
    try {
      source = new this.EventSource(this.url);
    } catch {
      return this._giveUp();
    }
    this._source = source;
    this._since = null;
    source.addEventListener("message", ({ data }) => source === this._source && this._hear(data));
    source.addEventListener("beat", () => source === this._source && this._expect(SILENCE));
    source.addEventListener("error", () => source === this._source && this._fail());
    this._expect(FIRST);
  }

  _hear(data) {
    const event = eventFor(parse(data));
    if (!event) return this._giveUp();
    if (this._since === null) this._since = this.clock.now();
    this._expect(SILENCE);
    if (!GOES_ON.has(event.type)) this.stop();
    this.on(event);
  }

  _fail() {
    const refused = this._source.readyState === this.EventSource.CLOSED;
    const lasted = this._since !== null && this.clock.now() - this._since >= LASTS;
    this._failures = lasted ? 1 : this._failures + 1;
    if (refused || this._failures >= FAILURES) return this._giveUp();
    this._since = null;
    this._expect(FIRST);
  }

  _expect(patience) {
    this.clock.clear(this._timer);
    this._timer = this.clock.set(() => this._giveUp(), patience);
  }

  _giveUp() {
    this._close();
    this.page.cut = true;
    this.poll.resume();
    this.poll.now();
  }

  _close() {
    this.clock.clear(this._timer);
    this._source?.close();
    this._source = null;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
