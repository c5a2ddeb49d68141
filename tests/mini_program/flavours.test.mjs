/** Does the sign-in part understand every kind of token, and say what to do where something is asked first? */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { test } from "node:test";

import { Phone, SAMPLE, config } from "./phone.mjs";
import { stub } from "./stub.mjs";

const require = createRequire(import.meta.url);
const DOOR = "POST /accounts/wechat/mini-program/";
const WX_LOGIN = { "POST /control/wx_login": [200, { code: "c1" }] };

/** Tap the button where the site answers so; return the phone, what it keeps, and what was asked. */
async function tapped(answer, language = "en") {
  const site = await stub({ ...WX_LOGIN, [DOOR]: answer, [`GET ${config.me}`]: [200, { display: "茶" }] });
  config.site = site.url;
  const storage = new Map();
  const phone = new Phone({ simulator: site.url, appid: "wx1", language, storage });
  phone.open("/pages/sign-in/sign-in");
  await phone.fire(".sign-in");
  return { phone, storage, site };
}

const kinds = {
  "allauth's session": [{ status: 200, meta: { session_token: "s" } }, { "X-Session-Token": "s" }],
  "allauth's JWT": [{ meta: { access_token: "a", refresh_token: "r" } }, { Authorization: "Bearer a" }],
  simplejwt: [{ access: "a", refresh: "r" }, { Authorization: "Bearer a" }],
  "Django REST framework": [{ token: "d" }, { Authorization: "Token d" }],
};
for (const [name, [body, header]] of Object.entries(kinds)) {
  test(`the token of ${name} is kept and sent`, async () => {
    const { phone, storage, site } = await tapped([200, body]);
    await phone.at("/pages/profile/profile");
    await phone.reads(".heading", /茶/);
    assert.deepEqual(storage.get("token-header"), header);
    const [key, value] = Object.entries(header)[0];
    assert.equal(site.asked.at(-1).headers[key.toLowerCase()], value);
    const sent = site.asked.find(({ url }) => url === "/accounts/wechat/mini-program/");
    assert.deepEqual(JSON.parse(sent.body), { code: "c1", appid: "wx1", process: "login" });
    await site.close();
  });
}

test("a site's own tokens take the place of the one that was signed in with to connect", async () => {
  const login = "POST /_allauth/app/v1/auth/login";
  const answers = { ...WX_LOGIN, [DOOR]: [200, { access: "a", refresh: "r" }], [`GET ${config.me}`]: [200, {}] };
  const site = await stub({ ...answers, [login]: [200, { meta: { session_token: "s" } }] });
  config.site = site.url;
  const storage = new Map([["token-header", { Authorization: "Bearer old" }]]);
  const phone = new Phone({ simulator: site.url, appid: "wx1", storage });
  phone.open("/pages/connect/connect");
  await phone.fire(".form", "submit", { value: { account: "a@example.com", password: "p" } });
  await phone.at("/pages/profile/profile");
  assert.deepEqual(storage.get("token-header"), { Authorization: "Bearer a" });
  const [signedIn, , connected] = site.asked;
  assert.deepEqual(JSON.parse(signedIn.body), { email: "a@example.com", password: "p" });
  assert.equal(signedIn.headers.authorization, undefined);
  assert.equal(connected.headers["x-session-token"], "s");
  assert.equal(connected.headers.authorization, undefined);
  assert.equal(JSON.parse(connected.body).process, "connect");
  await site.close();
});

const more = {
  "allauth's": [401, { status: 401, data: { flows: [{ id: "login" }, { id: "mfa_authenticate", is_pending: true }] } }],
  "another kind's": [401, { error: { code: "more_asked" }, flows: ["mfa_authenticate"], flow_token: "f" }],
};
for (const [name, answer] of Object.entries(more)) {
  test(`what is asked first is said in words (${name})`, async () => {
    const { phone, storage, site } = await tapped(answer);
    assert.match(await phone.text(".message"), /second step/);
    assert.equal(storage.size, 0);
    await site.close();
  });
}

test("a page of somebody between, such as a proxy's, is no message", async () => {
  const { phone, site } = await tapped([502, "<html>"], "zh_CN");
  assert.equal(await phone.text(".message"), "没有成功。请一分钟后重试。");
  await site.close();
});

test("both languages say the same things", () => {
  const { words } = require(`${SAMPLE}/words.js`);
  const keys = (language) => {
    new Phone({ simulator: "http://127.0.0.1:1", appid: "wx1", language });
    const { pending, ...said } = words();
    return [...Object.keys(said), ...Object.keys(pending)];
  };
  assert.deepEqual(keys("zh_TW"), keys("en"));
});
