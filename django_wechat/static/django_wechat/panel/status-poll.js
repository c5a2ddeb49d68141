/**
 * How does the panel learn what happens on the phone?
 *
 * It asks the site again and again: every second at first and after every change, then slower, down to every three
 * seconds. Never two questions at once. `pause` and `resume` follow the visitor's eyes. A question that fails is asked
 * again quietly; after FAILURES in a row the poll gives up and says why. It stops by itself at every end.
 */

import { ask } from "./ask.js";
import { codeFor } from "./open-qr.js";

export const FAILURES = 5;
const FIRST = 1_000;
const SLOWEST = 3_000;
const GROWTH = 1.2;
const PATIENCE = 8_000;
const LONGEST_PAUSE = 60_000; // whatever a Retry-After says
export const CLOCK = {
  set: (act, delay) => setTimeout(act, delay),
  clear: (timer) => clearTimeout(timer),
  now: () => performance.now(),
};

const BY_NEXT = { finish: "confirmed", open_platform: "thanked" };
const BY_STATUS = {
  waiting: "waiting",
  scanned: "scanned",
  confirmed: "confirmed",
  refused: "refused",
  expired: "expired",
  used: "gone",
};
export const GOES_ON = new Set(["waiting", "scanned"]);

/** What the site's answer means to the panel, or null for an answer that makes no sense. */
export function eventFor(answer) {
  const type = BY_NEXT[answer?.next] ?? BY_STATUS[answer?.status];
  if (!type) return null;
  const secondsLeft = Number(answer.expires_in) || 0;
  if (type === "waiting" && secondsLeft <= 0) return { type: "expired" };
  if (type === "waiting" && answer.notice) return { type, secondsLeft, notice: String(answer.notice) };
  return type === "scanned" ? { type, secondsLeft, digits: String(answer.digits ?? "") } : { type, secondsLeft };
}

/** Starts paused: `resume` it. `on` hears an event for every answer, and `failed` once. */
export class StatusPoll {
  _paused = true;
  _asking = false;
  _delay = FIRST;
  _notBefore = 0;
  _failures = 0;
  _heard = "";
  _timer = null;
  _life = new AbortController();

  constructor(url, { fetch, on, clock = CLOCK, timeout = PATIENCE }) {
    Object.assign(this, { url, fetch, on, clock, timeout });
  }

  resume() {
    if (!this._paused) return;
    this._paused = false;
    this._delay = FIRST;
    this._plan(this._heard ? 0 : FIRST);
  }

  pause() {
    this._paused = true;
    this.clock.clear(this._timer);
  }

  now() {
    this._plan(0);
  }

  stop() {
    this._life.abort();
    this.clock.clear(this._timer);
  }

  _plan(delay) {
    if (this._paused || this._asking || this._life.signal.aborted) return;
    this.clock.clear(this._timer);
    this._timer = this.clock.set(() => this._ask().catch(() => this._end("server")), Math.max(delay, this._notBefore - this.clock.now()));
  }

  async _ask() {
    const { fetch, timeout } = this;
    const { signal } = this._life;
    this._asking = true;
    const answer = await ask(this.url, { method: "GET" }, { fetch, timeout, signal });
    this._asking = false;
    if (signal.aborted) return;
    const event = understand(answer);
    if (event) this._tell(event);
    else this._fail(answer);
    this._plan(this._delay);
  }

  _tell(event) {
    this._failures = 0;
    this._delay = event.type === this._heard ? Math.min(this._delay * GROWTH, SLOWEST) : FIRST;
    this._heard = event.type;
    if (!GOES_ON.has(event.type)) this.stop();
    this.on(event);
  }

  _fail({ response, problem }) {
    this._failures += 1;
    this._delay = Math.min(this._delay * GROWTH, SLOWEST);
    this._notBefore = this.clock.now() + retryAfter(response);
    const code = problem?.code ?? codeFor(response);
    if (code === "session" || this._failures > FAILURES) this._end(code);
  }

  _end(code) {
    this.stop();
    this.on({ type: "failed", problem: { code } });
  }
}

/** One question, asked at once and by no timer: an event, or null where no answer came that makes sense. */
export async function statusNow(url, options) {
  return understand(await ask(url, { method: "GET" }, options));
}

/** 404: the code belongs to another browser, or to a sign-in that this browser no longer knows. */
function understand({ response, json }) {
  if (response?.status === 404) return { type: "gone" };
  return response?.ok && !response.redirected ? eventFor(json) : null;
}

function retryAfter(response) {
  const seconds = Number(response?.headers?.get("Retry-After"));
  return seconds > 0 ? Math.min(seconds * 1000, LONGEST_PAUSE) : 0;
}
