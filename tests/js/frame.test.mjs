import assert from "node:assert/strict";
import { test } from "node:test";

import { saysReady, stateOf } from "../../django_wechat/static/django_wechat/panel/frame.js";

const ORIGIN = "https://open.weixin.qq.com";
const FRAME = {};
const READY = JSON.stringify({ type: "status", status: "wxQRcodeReady" });

test("the state id of the code on screen", () => {
  assert.equal(stateOf(`${ORIGIN}/connect/qrconnect?appid=wx1&state=abc123&login_type=jssdk`), "abc123");
  assert.equal(stateOf(`${ORIGIN}/connect/qrconnect`), "");
});

test("both of WeChat's messages say that the picture is there", () => {
  for (const status of ["wxReady", "wxQRcodeReady"]) {
    const data = JSON.stringify({ type: "status", status });
    assert.equal(saysReady({ source: FRAME, origin: ORIGIN, data }, FRAME, ORIGIN), true);
  }
});

test("other windows, other origins and other words are not believed", () => {
  const messages = [
    { source: {}, origin: ORIGIN, data: READY },
    { source: FRAME, origin: "https://evil.example", data: READY },
    { source: FRAME, origin: `${ORIGIN}.evil.example`, data: READY },
    { source: FRAME, origin: ORIGIN, data: "not json" },
    { source: FRAME, origin: ORIGIN, data: "null" },
    { source: FRAME, origin: ORIGIN, data: { type: "status", status: "wxReady" } },
    { source: FRAME, origin: ORIGIN, data: JSON.stringify({ type: "status", status: "other" }) },
  ];
  for (const message of messages) assert.equal(saysReady(message, FRAME, ORIGIN), false);
});
