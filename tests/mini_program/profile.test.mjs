/**
 * What does the sample send when somebody gives a name, a picture, a phone number? Against a stub that answers as the
 * site's contract says.
 */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, test } from "node:test";

import { Phone, config, until } from "./phone.mjs";
import { stub } from "./stub.mjs";

const PROFILE = "/pages/profile/profile";
const SAVED = "/accounts/wechat/mini-program/profile/";
const PHONE = "/accounts/wechat/mini-program/phone/";
const TOKEN = { "X-Session-Token": "t" };
let answers, site;

beforeEach(async () => {
  answers = { [`GET ${config.me}`]: [200, { data: { user: { display: "茶" } } }] };
  site = await stub(answers);
  config.site = site.url;
});
afterEach(() => site.close());

function opened(options = {}) {
  const storage = new Map([["token-header", TOKEN]]);
  const phone = new Phone({ simulator: site.url, appid: "wx1", language: "en", storage, ...options });
  phone.open(PROFILE);
  return phone;
}

/** What was sent to keep; with the token, and no cookie. */
function sent() {
  const found = site.asked.filter(({ url }) => url === SAVED);
  for (const { method, headers } of found) {
    assert.deepEqual([method, headers["x-session-token"], headers["accept-language"]], ["POST", "t", "en"]);
    assert.equal(headers.cookie, undefined);
  }
  return found;
}

test("a name goes as JSON, and what the site made of it is shown", async () => {
  answers[`POST ${SAVED}`] = [200, { nickname: "小红", avatar: "" }];
  const phone = opened();
  await phone.reads(".heading", /茶/);
  await phone.fire(".form", "submit", { value: { nickname: " 小红" } });
  assert.equal(await phone.text(".done"), "Saved.");
  await phone.reads(".heading", /小红/);
  assert.deepEqual(sent().map(({ body }) => JSON.parse(body)), [{ nickname: " 小红" }]);
});

test("a picture goes as a file, with the name where there is one", async () => {
  answers[`POST ${SAVED}`] = [200, {}];
  const picture = join(tmpdir(), `avatar-${process.pid}.png`);
  await writeFile(picture, "picture");
  const phone = opened();
  await phone.fire(".picture", "chooseavatar", { avatarUrl: picture });
  await until("the picture", () => phone.find(".avatar"));
  await phone.fire(".form", "submit", { value: { nickname: "" } });
  assert.equal(await phone.text(".done"), "Saved.");
  await phone.fire(".form", "submit", { value: { nickname: "hong" } });
  await until("the second", () => sent().length === 2);
  const [alone, together] = sent();
  for (const { headers, body } of [alone, together]) {
    assert.match(headers["content-type"], /^multipart\/form-data/);
    assert.match(body, /name="avatar"; filename="avatar-/);
  }
  assert.doesNotMatch(alone.body, /nickname/);
  assert.match(together.body, /name="nickname"\r\n\r\nhong/);
});

test("what the site finds wrong with them is said in its words", async () => {
  answers[`POST ${SAVED}`] = [400, { error: { code: "bad_request", message: "This is no picture." } }];
  const phone = opened();
  await phone.fire(".form", "submit", { value: { nickname: "小红" } });
  assert.equal(await phone.text(".message"), "This is no picture.");
});

test("the phone number's button is there only where the site takes numbers", async () => {
  const phone = opened();
  await phone.reads(".heading", /茶/);
  assert.equal(phone.find(".phone"), undefined);
});

test("its code is sent, and a tap without one is said", async () => {
  answers[`POST ${PHONE}`] = [200, {}];
  config.phoneNumber = true;
  try {
    const phone = opened();
    await phone.fire(".phone", "getphonenumber", { errMsg: "getPhoneNumber:fail user deny" });
    assert.match(await phone.text(".message"), /No number was given/);
    await phone.fire(".phone", "getphonenumber", { code: "p1", errMsg: "getPhoneNumber:ok" });
    assert.equal(await phone.text(".done"), "Saved.");
    const [sent] = site.asked.filter(({ url }) => url === PHONE);
    assert.deepEqual(JSON.parse(sent.body), { phone_code: "p1", appid: "wx1" });
  } finally {
    config.phoneNumber = false;
  }
});

test("nothing is asked for before the privacy notice is agreed to", async () => {
  const phone = opened({ privacy: { needAuthorization: true, privacyContractName: "《隐私保护指引》" } });
  await until("the question", () => phone.find(".agree"));
  assert.equal(phone.find(".form"), undefined);
  await phone.fire(".read-privacy");
  await until("the notice", () => phone.shown.some(({ name }) => name === "openPrivacyContract"));
  await phone.fire(".agree", "agreeprivacyauthorization");
  await until("the form", () => phone.find(".form"));
});

test("whom the site does not know any more is asked to sign in", async () => {
  answers[`GET ${config.me}`] = [410, {}];
  answers["POST /control/wx_login"] = [200, { code: "c1" }];
  answers["POST /accounts/wechat/mini-program/"] = [403, { error: { code: "site_refused", message: "…" } }];
  const phone = opened();
  await phone.at("/pages/sign-in/sign-in");
});
