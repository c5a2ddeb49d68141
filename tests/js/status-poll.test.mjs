import assert from "node:assert/strict";
import { test } from "node:test";

import { eventFor, FAILURES, StatusPoll, statusNow } from "../../django_wechat/static/django_wechat/panel/status-poll.js";

const status = (status, next = "", expires_in = 200) => ({ status, next, expires_in });
const json = (body, init) => async () => new Response(JSON.stringify(body), init);
const broken = async () => Promise.reject(new TypeError("Failed to fetch"));
const hangs = (_url, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
const settle = () => new Promise((resolve) => setTimeout(resolve, 2));

/** A poll whose time passes only by `tick`, and whose site gives `answers` in turn, the last one for ever. */
function start(...answers) {
  const world = { time: 0, timer: null, asked: 0, events: [], waits: [] };
  const clock = {
    now: () => world.time,
    set: (act, delay) => (world.timer = { act, at: world.time + delay }),
    clear: (timer) => world.timer === timer && (world.timer = null),
  };
  const fetch = (...request) => {
    const answer = answers[Math.min(world.asked, answers.length - 1)];
    world.asked += 1;
    return answer(...request);
  };
  const poll = new StatusPoll("/qr/1/", { fetch, clock, timeout: 20, on: (event) => world.events.push(event) });
  const tick = async () => {
    const { act, at } = world.timer;
    world.waits.push(Math.round(at - world.time));
    world.time = at;
    world.timer = null;
    act();
    await settle();
  };
  return { world, poll, tick, types: () => world.events.map(({ type }) => type) };
}

test("every answer of the site has one meaning", () => {
  const meanings = [
    [status("waiting"), "waiting"],
    [status("scanned", "confirm"), "scanned"],
    [status("scanned", "open_platform"), "thanked"],
    [status("confirmed", "finish"), "confirmed"],
    [status("refused", "", 0), "refused"],
    [status("expired", "", 0), "expired"],
    [status("waiting", "", 0), "expired"],
    [status("used", "", 0), "gone"],
  ];
  for (const [answer, type] of meanings) assert.equal(eventFor(answer).type, type, JSON.stringify(answer));
  for (const nonsense of [null, {}, "waiting", status("elsewhere")]) assert.equal(eventFor(nonsense), null);
});

test("every second at first, then slower, never slower than three seconds", async () => {
  const { world, poll, tick } = start(json(status("waiting")));
  poll.resume();
  for (let turn = 0; turn < 12; turn += 1) await tick();
  assert.deepEqual(world.waits.slice(0, 4), [1000, 1000, 1200, 1440]);
  assert.deepEqual(world.waits.slice(-2), [3000, 3000]);
});

test("a change makes it quick again", async () => {
  const waiting = json(status("waiting"));
  const { world, poll, tick } = start(waiting, waiting, waiting, waiting, json(status("scanned", "confirm")));
  poll.resume();
  for (let turn = 0; turn < 6; turn += 1) await tick();
  assert.equal(world.waits[4] > 1000, true);
  assert.equal(world.waits[5], 1000);
});

test("it stops at every end", async () => {
  const ends = {
    confirmed: json(status("confirmed", "finish")),
    thanked: json(status("scanned", "open_platform")),
    refused: json(status("refused")),
    expired: json(status("expired")),
    gone: json(status("used")),
  };
  ends.elsewhere = async () => new Response("", { status: 404 });
  for (const [type, answer] of Object.entries(ends)) {
    const { world, poll, tick, types } = start(answer);
    poll.resume();
    await tick();
    assert.deepEqual(types(), [type === "elsewhere" ? "gone" : type]);
    poll.now();
    assert.equal(world.timer, null, type);
  }
});

test("single failures are borne, a row of them is told once", async () => {
  const waiting = json(status("waiting"));
  const oops = async () => new Response("<h1>Oops</h1>", { status: 500 });
  const { world, poll, tick, types } = start(oops, broken, waiting, json({}), broken);
  poll.resume();
  for (let turn = 0; turn < 3; turn += 1) await tick();
  assert.deepEqual(types(), ["waiting"]);
  while (world.timer) await tick();
  assert.deepEqual(types(), ["waiting", "failed"]);
  assert.equal(world.asked, 3 + FAILURES + 1, "an answer in between makes up for the failures before it");
  assert.deepEqual(world.events.at(-1).problem, { code: "offline" });
});

test("a site that never answers is given up", async () => {
  const { world, poll, types } = start(hangs);
  poll.resume();
  while (world.timer) {
    world.timer.act();
    world.timer = null;
    await new Promise((resolve) => setTimeout(resolve, 40));
  }
  assert.deepEqual(types(), ["failed"]);
  assert.equal(world.events[0].problem.code, "timeout");
});

test("a page that is out of date says so at once", async () => {
  const redirected = async () => Object.defineProperty(new Response("{}"), "redirected", { value: true });
  for (const answer of [redirected, async () => new Response("", { status: 403 })]) {
    const { world, poll, tick } = start(answer);
    poll.resume();
    await tick();
    assert.deepEqual(world.events, [{ type: "failed", problem: { code: "session" } }]);
  }
});

test("Retry-After is obeyed, even by impatient eyes, but not for hours", async () => {
  for (const [header, wait] of [
    ["7", 7_000],
    ["86400", 60_000],
    ["soon", 1200],
  ]) {
    const busy = json({}, { status: 429, headers: { "Retry-After": header } });
    const { world, poll, tick } = start(busy, json(status("waiting")));
    poll.resume();
    await tick();
    if (header !== "soon") poll.now();
    await tick();
    assert.equal(world.waits[1], wait, header);
  }
});

test("unseen it rests, seen again it asks at once", async () => {
  const { world, poll, tick } = start(json(status("waiting")));
  poll.resume();
  for (let turn = 0; turn < 3; turn += 1) await tick();
  poll.pause();
  assert.equal(world.timer, null);
  poll.now();
  assert.equal(world.timer, null);
  poll.resume();
  await tick();
  assert.equal(world.waits.at(-1), 0);
});

test("never two questions at once", async () => {
  let release;
  const slow = () => new Promise((resolve) => (release = () => resolve(new Response(JSON.stringify(status("waiting"))))));
  const { world, poll, tick } = start(slow);
  poll.timeout = 1_000;
  poll.resume();
  await tick();
  poll.now();
  poll.pause();
  poll.resume();
  assert.deepEqual([world.asked, world.timer], [1, null]);
  release();
  await settle();
  assert.ok(world.timer, "the next one is planned after the answer");
});

test("stopped in the middle of a question it says nothing more", async () => {
  const { world, poll, tick } = start(hangs);
  poll.resume();
  await tick();
  poll.stop();
  await settle();
  assert.deepEqual([world.events, world.timer], [[], null]);
});

test("the digits are told with the scan that made them, and as text", () => {
  const told = (answer) => eventFor({ status: "scanned", next: "confirm", expires_in: 9, ...answer }).digits;
  assert.deepEqual([told({ digits: "07" }), told({}), told({ digits: null })], ["07", "", ""]);
});

test("what is wrong while the code lives on is told with every answer", () => {
  const sent = { ...status("waiting"), notice: "wrong_entry" };
  assert.deepEqual(eventFor(sent), { type: "waiting", secondsLeft: 200, notice: "wrong_entry" });
  assert.deepEqual(eventFor({ ...sent, notice: "" }), { type: "waiting", secondsLeft: 200 });
  assert.equal(eventFor({ ...sent, expires_in: 0 }).type, "expired");
  assert.equal(eventFor({ ...status("scanned", "confirm"), notice: "wrong_entry" }).notice, undefined);
});

test("one question at once, and nothing made up where no answer comes", async () => {
  const now = (fetch) => statusNow("/qr/1/", { fetch, timeout: 20, signal: new AbortController().signal });
  assert.equal((await now(json(status("confirmed", "finish")))).type, "confirmed");
  assert.equal((await now(json({}, { status: 404 }))).type, "gone");
  for (const fetch of [broken, hangs, json({}), json({}, { status: 500 })]) assert.equal(await now(fetch), null);
});
