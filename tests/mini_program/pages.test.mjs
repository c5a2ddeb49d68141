/**
 * Does the sample sign in? Its pages on a phone, against the example site: SITE, with its SIMULATOR, an APPID that both
 * know, and an ACCOUNT there with its PASSWORD. tests/project/test_mini_program_sample.py serves it and runs this.
 */
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { command } from "../../django_wechat/simulator/node/wx.mjs";
import { Phone, config, until } from "./phone.mjs";

const { SITE: site, SIMULATOR: simulator, APPID: appid, ACCOUNT: account, PASSWORD: password } = process.env;
config.site = site;
const SIGN_IN = "/pages/sign-in/sign-in";
const PROFILE = "/pages/profile/profile";
const CONNECT = "/pages/connect/connect";
const NOBODYS_NAME = /微信用户|WeChat user/;

/** Open the program on somebody's phone; with the `storage` of an earlier phone it is that one. */
function opened(person, options = {}) {
  const phone = new Phone({ simulator, appid, person, ...options });
  phone.open(SIGN_IN);
  return phone;
}

async function signedIn(person, options) {
  const phone = opened(person, options);
  await phone.fire(".sign-in");
  await phone.at(PROFILE);
  return phone;
}

const fail = (kind, once = true) => command(simulator, "fault", { kind, endpoint: "jscode2session", once });
const heal = () => command(simulator, "heal", {});

/** How many codes the site has changed into people so far. */
async function exchanges() {
  const { requests } = await (await fetch(`${simulator}/control/`)).json();
  const [, times = 0] = Object.entries(requests).find(([path]) => path.includes("jscode2session")) ?? [];
  return times;
}

/** Whom the site takes a phone's token for. WeChat tells mini programs no name, so that all have the same. */
async function who(storage) {
  const answer = await fetch(`${site}${config.me}`, { headers: storage.get("token-header") });
  return (await answer.json()).data.user.id;
}

const says = {
  zh: { language: "zh_CN", as: /已登录/, button: "微信登录" },
  en: { language: "en", as: /Signed in as/, button: "Sign in with WeChat" },
};

for (const [name, { language, as, button }] of Object.entries(says)) {
  test(`at a tap somebody is signed in, and comes back signed in (${name})`, async () => {
    const storage = new Map();
    const first = opened("zhangsan", { language, storage });
    assert.equal(await first.text(".sign-in"), button);
    await first.fire(".sign-in");
    await first.at(PROFILE);
    assert.match(await first.text(".heading"), as);
    const [before, person] = [await exchanges(), await who(storage)];
    const second = opened("zhangsan", { language, storage });
    await second.at(PROFILE);
    await second.reads(".heading", NOBODYS_NAME);
    assert.deepEqual([await exchanges(), await who(storage)], [before, person]);
  });
}

test("a token that is over is replaced without a tap", async () => {
  const storage = new Map([["token-header", { "X-Session-Token": "over" }]]);
  const phone = opened("zhangsan", { storage });
  await phone.at(PROFILE);
  await phone.reads(".heading", NOBODYS_NAME);
  assert.notEqual(storage.get("token-header")["X-Session-Token"], "over");
});

test("a code that is refused is followed by a fresh one, once", async () => {
  const [before] = [await exchanges(), await fail("40163")];
  await signedIn("jose");
  assert.equal(await exchanges(), before + 2);
});

test("what the site refuses is said in its words, in the phone's language", async () => {
  await fail("40029", false);
  try {
    for (const [language, words] of Object.entries({ zh_CN: /[一-龥]{4}/, en: /[a-z]+ [a-z]+/ })) {
      const phone = opened("jose", { language });
      await phone.fire(".sign-in");
      assert.match(await phone.text(".message"), words);
      assert.equal(phone.path, SIGN_IN);
    }
  } finally {
    await heal();
  }
});

test("an account of the website is connected, and WeChat alone is enough afterwards", async () => {
  for (const language of ["zh_CN", "en"]) {
    const phone = opened("xiaohua", { language });
    await phone.fire(".connect");
    await phone.at(CONNECT);
    await phone.fire(".form", "submit", { value: { account, password: "wrong" } });
    assert.ok(await phone.text(".message"));
    await phone.fire(".form", "submit", { value: { account, password } });
    await phone.at(PROFILE);
    await phone.reads(".heading", new RegExp(account));
  }
  const other = await signedIn("xiaohua");
  await other.reads(".heading", new RegExp(account));
});

test("a WeChat that is somebody else's is not connected", async () => {
  const phone = opened("zhangsan", { language: "en" });
  await phone.fire(".connect");
  await phone.at(CONNECT);
  await phone.fire(".form", "submit", { value: { account, password } });
  assert.match(await phone.text(".message"), /another|already|else/);
  assert.equal(phone.path, CONNECT);
});

test("who signs out is asked again", async () => {
  const storage = new Map();
  const phone = await signedIn("jose", { storage });
  const token = storage.get("token-header")["X-Session-Token"];
  await phone.fire(".sign-out");
  await phone.at(SIGN_IN);
  assert.equal(storage.size, 0);
  const answer = await fetch(`${site}${config.me}`, { headers: { "X-Session-Token": token } });
  assert.notEqual(answer.status, 200);
});

test("a site that cannot be reached is said in words", async () => {
  config.site = "http://127.0.0.1:1";
  try {
    const phone = opened("jose", { language: "en" });
    await phone.fire(".sign-in");
    assert.match(await phone.text(".message"), /cannot be reached/);
  } finally {
    config.site = site;
  }
});

const ONE_PIXEL =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==";

test("a name that somebody types, and a picture that they choose, are kept", async () => {
  const picture = join(tmpdir(), `avatar-${process.pid}.png`);
  await writeFile(picture, Buffer.from(ONE_PIXEL, "base64"));
  const phone = await signedIn("noavatar", { language: "en" });
  await phone.reads(".heading", NOBODYS_NAME);
  await phone.fire(".form", "submit", { value: { nickname: "茶叶" } });
  assert.equal(await phone.text(".done"), "Saved.");
  await phone.reads(".heading", /茶叶/);
  await phone.fire(".picture", "chooseavatar", { avatarUrl: picture });
  await until("the picture", () => phone.find(".avatar"));
  await phone.fire(".form", "submit", { value: { nickname: "绿茶" } });
  await phone.reads(".heading", /绿茶/);
  assert.equal(phone.find(".message"), undefined);
  const again = await signedIn("noavatar", { language: "en" });
  await again.reads(".heading", /绿茶/);
});
