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
  #source = null;
  #paused = true;
  #over = false;
  #failures = 0;
  #since = null; // when the first event of this connection came
  #timer = null;

  constructor(url, { poll, on, EventSource, page, clock }) {
    Object.assign(this, { url, poll, on, EventSource, page, clock });
  }

  resume() {
    if (!this.#paused) return;
    this.#paused = false;
    if (this.page.cut) this.poll.resume();
    else if (!this.#over) this.#listen();
  }

  pause() {
    this.#paused = true;
    this.#close();
    this.poll.pause();
  }

  /** Something has to come now: the time is up. */
  now() {
    if (this.page.cut) this.poll.now();
    else if (this.#source) this.#expect(FIRST);
  }

  stop() {
    this.#over = true;
    this.#close();
    this.poll.stop();
  }

  #listen() {
    const source = new this.EventSource(this.url);
    this.#source = source;
    this.#since = null;
    source.addEventListener("message", ({ data }) => source === this.#source && this.#hear(data));
    source.addEventListener("beat", () => source === this.#source && this.#expect(SILENCE));
    source.addEventListener("error", () => source === this.#source && this.#fail());
    this.#expect(FIRST);
  }

  #hear(data) {
    const event = eventFor(parse(data));
    if (!event) return this.#giveUp();
    this.#since ??= this.clock.now();
    this.#expect(SILENCE);
    if (!GOES_ON.has(event.type)) this.stop();
    this.on(event);
  }

  #fail() {
    const refused = this.#source.readyState === this.EventSource.CLOSED;
    const lasted = this.#since !== null && this.clock.now() - this.#since >= LASTS;
    this.#failures = lasted ? 1 : this.#failures + 1;
    if (refused || this.#failures >= FAILURES) return this.#giveUp();
    this.#since = null;
    this.#expect(FIRST);
  }

  #expect(patience) {
    this.clock.clear(this.#timer);
    this.#timer = this.clock.set(() => this.#giveUp(), patience);
  }

  #giveUp() {
    this.#close();
    this.page.cut = true;
    this.poll.resume();
    this.poll.now();
  }

  #close() {
    this.clock.clear(this.#timer);
    this.#source?.close();
    this.#source = null;
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
