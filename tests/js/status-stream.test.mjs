import assert from "node:assert/strict";
import { test } from "node:test";

import { StatusPoll } from "../../django_wechat/static/django_wechat/panel/status-poll.js";
import { statusOf, StatusStream } from "../../django_wechat/static/django_wechat/panel/status-stream.js";

const WAITING = { status: "waiting", next: "", expires_in: 200 };
const QR = { status_url: "/qr/1/", stream_url: "/qr/1/stream/" };
const settle = () => new Promise((resolve) => setTimeout(resolve, 2));

/** Stands for the browser's own: says what a test lets it say. */
class Source extends EventTarget {
  static CLOSED = 2;
  static opened = [];
  readyState = 0;

  constructor(url) {
    super();
    this.url = url;
    Source.opened.push(this);
  }

  close() {
    this.readyState = Source.CLOSED;
  }

  says(answer) {
    this.readyState = 1;
    const data = typeof answer === "string" ? answer : JSON.stringify(answer);
    this.dispatchEvent(Object.assign(new Event("message"), { data }));
  }

  beats() {
    this.dispatchEvent(new Event("beat"));
  }

  fails(readyState = 0) {
    this.readyState = readyState;
    this.dispatchEvent(new Event("error"));
  }
}

function start(qr = QR, { EventSource = Source, page = { cut: false } } = {}) {
  Source.opened = [];
  const world = { time: 0, timers: new Map(), polls: 0, events: [], page };
  let number = 0;
  const clock = {
    now: () => world.time,
    set: (act, delay) => {
      world.timers.set((number += 1), { act, at: world.time + delay });
      return number;
    },
    clear: (timer) => world.timers.delete(timer),
  };
  const fetch = async () => {
    world.polls += 1;
    return new Response(JSON.stringify(WAITING));
  };
  const on = (event) => world.events.push(event);
  const poll = new StatusPoll(qr.status_url, { fetch, on, clock });
  const status = statusOf(qr, { poll, on, EventSource, page, clock });
  const pass = async (milliseconds) => {
    const end = world.time + milliseconds;
    for (;;) {
      const due = [...world.timers].filter(([, { at }]) => at <= end).sort(([, a], [, b]) => a.at - b.at)[0];
      if (!due) break;
      world.timers.delete(due[0]);
      world.time = Math.max(world.time, due[1].at);
      due[1].act();
      await settle();
    }
    world.time = end;
  };
  const open = () => Source.opened.filter(({ readyState }) => readyState !== Source.CLOSED);
  return { world, status, pass, open, types: () => world.events.map(({ type }) => type) };
}

test("it listens where the site has a stream, and polls elsewhere", () => {
  assert.ok(start().status instanceof StatusStream);
  assert.ok(start({ ...QR, stream_url: "" }).status instanceof StatusPoll);
  assert.ok(start(QR, { EventSource: null }).status instanceof StatusPoll);
  assert.ok(start(QR, { page: { cut: true } }).status instanceof StatusPoll);
});

test("from the code to the confirmation without one question", async () => {
  const { world, status, pass, open, types } = start();
  status.resume();
  status.resume();
  assert.deepEqual(
    Source.opened.map(({ url }) => url),
    [QR.stream_url],
  );
  open()[0].says(WAITING);
  for (let beat = 0; beat < 10; beat += 1) {
    await pass(15_000);
    open()[0].beats();
  }
  open()[0].says({ ...WAITING, status: "scanned", next: "confirm" });
  open()[0].says({ ...WAITING, status: "confirmed", next: "finish" });
  assert.deepEqual(types(), ["waiting", "scanned", "confirmed"]);
  await pass(100_000);
  status.resume();
  status.now();
  assert.deepEqual([open().length, world.polls, world.timers.size, world.page.cut], [0, 0, 0, false]);
});

test("a stream that is refused, silent or senseless is given up for the page", async () => {
  const ways = {
    refused: async ({ open }) => open()[0].fails(Source.CLOSED),
    "nothing in the first seconds": async ({ pass }) => pass(5_000),
    "no heartbeat": async ({ open, pass }) => {
      open()[0].says(WAITING);
      await pass(40_000);
    },
    "something else answers": async ({ open }) => open()[0].says("<h1>Oops</h1>"),
    "the wrong thing answers": async ({ open }) => open()[0].says({ status: "elsewhere" }),
    "time is up and nothing comes": async ({ open, pass, status }) => {
      open()[0].says(WAITING);
      status.now();
      await pass(5_000);
    },
  };
  for (const [name, happens] of Object.entries(ways)) {
    const all = start();
    all.status.resume();
    await happens(all);
    await all.pass(10);
    assert.deepEqual([all.world.polls, all.open().length, all.world.page.cut], [1, 0, true], name);
    await all.pass(3_000);
    assert.ok(all.world.polls > 1, `${name}: it goes on asking`);
    all.status.pause();
    await all.pass(60_000);
    const before = all.world.polls;
    all.status.resume();
    await all.pass(1);
    all.status.now();
    await all.pass(1);
    assert.equal(all.world.polls, before + 2, `${name}: at once when it is seen again, and when time is up`);
    assert.equal(Source.opened.length, 1, name);
    all.status.stop();
    assert.equal(all.world.timers.size, 0, name);
  }
});

test("one failure is mended by the browser, two in a row are not", async () => {
  const { world, status, pass, open, types } = start();
  status.resume();
  for (let cut = 0; cut < 3; cut += 1) {
    open()[0].says(WAITING);
    await pass(12_000);
    open()[0].fails();
    assert.equal(world.page.cut, false);
  }
  open()[0].fails();
  await pass(10);
  assert.deepEqual([world.page.cut, world.polls, types().length], [true, 1, 4]);
});

test("a stream that is cut each time after a moment is given up", async () => {
  const { world, status, pass, open } = start();
  status.resume();
  open()[0].says(WAITING);
  await pass(2_000);
  open()[0].fails();
  open()[0].says(WAITING);
  await pass(2_000);
  open()[0].fails();
  assert.equal(world.page.cut, true);
});

test("unseen it listens to nothing, seen again it opens a new stream", async () => {
  const { world, status, pass, open, types } = start();
  status.resume();
  const [first] = open();
  status.pause();
  status.now();
  await pass(100_000);
  assert.deepEqual([open().length, world.polls, world.timers.size], [0, 0, 0]);
  first.says(WAITING);
  first.beats();
  first.fails();
  assert.deepEqual(types(), [], "what an old stream says late is not heard");
  status.resume();
  Source.opened[1].says(WAITING);
  assert.deepEqual([Source.opened.length, types()], [2, ["waiting"]]);
});

test("stopped it stays silent", async () => {
  const { world, status, pass, open } = start();
  status.resume();
  status.stop();
  status.pause();
  status.resume();
  await pass(100_000);
  assert.deepEqual([open().length, world.polls, world.events], [0, 0, []]);
});
