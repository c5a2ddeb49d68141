import assert from "node:assert/strict";
import { test } from "node:test";

import { openQr } from "../../django_wechat/static/django_wechat/panel/open-qr.js";

const QR = { kind: "open_platform", frame_url: "https://open.weixin.qq.com/x?state=s", expires_in: 300 };
const json = (body, status = 200) => async () => new Response(JSON.stringify(body), { status });
const html = (status) => async () => new Response("<h1>Oops</h1>", { status });
const hangs = (_url, { signal }) =>
  new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
const open = (fetch, options) =>
  openQr("/qr/", new URLSearchParams(), { fetch, timeout: 1_000, signal: new AbortController().signal, ...options });

test("a code", async () => {
  assert.deepEqual(await open(json(QR)), { qr: QR });
});

test("asks by POST, same origin, uncached", async () => {
  let asked;
  await open(async (url, request) => {
    asked = { url, ...request };
    return json(QR)();
  });
  assert.deepEqual(
    [asked.url, asked.method, asked.credentials, asked.cache],
    ["/qr/", "POST", "same-origin", "no-store"],
  );
});

test("the site's own words come first", async () => {
  const error = { code: "unavailable", message: "WeChat is not answering.", reference: "7f3k" };
  assert.deepEqual(await open(json({ error }, 503)), {
    problem: { code: "message", message: "WeChat is not answering.", reference: "7f3k", told: "unavailable" },
  });
});

test("every other answer has a name", async () => {
  const answers = [
    [html(403), "session"],
    [html(401), "session"],
    [html(429), "throttled"],
    [html(500), "server"],
    [html(404), "server"],
    [html(200), "server"],
    [json(null), "server"],
    [json({}), "server"],
    [json({ kind: "open_platform" }), "server"],
    [async () => Object.defineProperty(await html(200)(), "redirected", { value: true }), "session"],
    [async () => Promise.reject(new TypeError("Failed to fetch")), "offline"],
    [async () => ({ ok: true, text: () => Promise.reject(new TypeError("broken off")) }), "offline"],
  ];
  for (const [fetch, code] of answers) assert.deepEqual(await open(fetch), { problem: { code } });
});

test("a site that never answers is given up", async () => {
  assert.deepEqual(await open(hangs, { timeout: 10 }), { problem: { code: "timeout" } });
});

test("a newer question stops this one", async () => {
  const control = new AbortController();
  const outcome = open(hangs, { signal: control.signal });
  control.abort();
  assert.ok((await outcome).problem);
});
