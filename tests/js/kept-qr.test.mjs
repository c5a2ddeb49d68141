import assert from "node:assert/strict";
import { test } from "node:test";

import { forget, keep, kept, nameFor, resumeQr } from "../../django_wechat/static/django_wechat/panel/kept-qr.js";

const KEPT = { kind: "official_account", id: "id1", svg: "<svg/>", expires_in: 300, status_url: "/qr/id1/" };
const json = (body, init) => async () => new Response(JSON.stringify(body), init);
const status = (status, next = "", expires_in = 120) => json({ status, next, expires_in });
const resume = (fetch, qr = KEPT) =>
  resumeQr(qr, { fetch, timeout: 20, signal: new AbortController().signal });

function drawer() {
  const things = new Map();
  return { setItem: (name, value) => things.set(name, value), getItem: (name) => things.get(name) ?? null };
}

test("a code that is not over goes on, as the site says and for as long as the site says", async () => {
  const ways = [
    [status("waiting"), "waiting"],
    [status("scanned", "confirm"), "scanned"],
    [status("scanned", "open_platform"), "thanked"],
    [status("confirmed", "finish"), "confirmed"],
  ];
  for (const [fetch, type] of ways) {
    const { qr, event } = await resume(fetch);
    assert.deepEqual([qr, event.type], [{ ...KEPT, expires_in: 120 }, type]);
  }
});

test("a code that is over, or that the site does not tell of, is not shown again", async () => {
  const over = [
    status("expired", "", 0),
    status("waiting", "", 0),
    status("refused"),
    status("used"),
    json({}),
    json({ status: "waiting", expires_in: 9 }, { status: 404 }),
    json({}, { status: 500 }),
    async () => Object.defineProperty(await status("waiting")(), "redirected", { value: true }),
  ];
  for (const fetch of over) assert.equal(await resume(fetch), null);
});

test("a site that cannot be reached is said at once, not asked a second time", async () => {
  const broken = async () => Promise.reject(new TypeError("Failed to fetch"));
  const hangs = (_url, { signal }) =>
    new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
  assert.deepEqual(await resume(broken), { problem: { code: "offline" } });
  assert.deepEqual(await resume(hangs), { problem: { code: "timeout" } });
  assert.deepEqual(await resume(json({}, { status: 429 })), { problem: { code: "throttled" } });
});

test("nothing kept, nothing asked", async () => {
  const never = () => assert.fail("asked");
  for (const qr of [null, "text", {}, { status_url: 7 }]) assert.equal(await resume(never, qr), null);
});

test("what is kept is found under its own name only", () => {
  const storage = drawer();
  keep("login", KEPT, () => storage);
  assert.deepEqual(kept("login", () => storage), KEPT);
  assert.equal(kept("connect", () => storage), null);
});

test("pages share a kept code if they ask for the same, whatever their tokens", () => {
  const name = (fields) => nameFor("/qr/", new URLSearchParams(fields));
  assert.equal(name("csrfmiddlewaretoken=a&process=login"), name("csrfmiddlewaretoken=b&process=login"));
  assert.notEqual(name("process=login"), name("process=connect"));
  assert.notEqual(name("next=/a/"), name("next=/b/"));
  assert.notEqual(name("next=/a/"), nameFor("/en/qr/", new URLSearchParams("next=/a/")));
});

test("a browser that forbids or garbles what is kept starts anew", () => {
  const forbidden = () => {
    throw new DOMException("denied", "SecurityError");
  };
  keep("login", KEPT, forbidden);
  assert.equal(kept("login", forbidden), null);
  assert.equal(kept("login", () => ({ getItem: () => "{half" })), null);
});

test("what is forgotten is not kept", () => {
  const storage = drawer();
  keep("a", KEPT, () => storage);
  forget("a", () => storage);
  assert.equal(kept("a", () => storage), null);
});
