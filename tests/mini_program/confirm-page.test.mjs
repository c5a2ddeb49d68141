/** What does the page that lets a computer in send, and what does it say where something fails? Against a stub site. */
import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { afterEach, beforeEach, test } from "node:test";

import { Phone, SAMPLE, config, until } from "./phone.mjs";
import { stub } from "./stub.mjs";

const require = createRequire(import.meta.url);
const PAGE = "/pages/wechat-login/index";
const SCAN = "/accounts/wechat/mini-program/scan/";
const CONFIRM = "/accounts/wechat/mini-program/confirm/";
const TOLD = {
  site: "Teahouse",
  host: "tea.example.com",
  browser: "Firefox",
  system: "Linux",
  place: "",
  time: new Date(Date.now() - 125_000).toISOString().replace("Z", "456+00:00"),
  digits: "07",
  process: "login",
  expires_in: 100,
};
let answers, site;

beforeEach(async () => {
  answers = {
    "POST /control/wx_login": [200, { code: "c1" }],
    [`POST ${SCAN}`]: [200, TOLD],
    [`POST ${CONFIRM}`]: [200, { status: "confirmed" }],
  };
  site = await stub(answers);
  config.site = site.url;
});
afterEach(() => site.close());

function opened(query = { scene: "abc-_1" }, scene = 1047, options = {}) {
  const launch = { path: PAGE.slice(1), query, scene };
  const storage = new Map([["token-header", { "X-Session-Token": "t" }]]);
  const phone = new Phone({ simulator: site.url, appid: "wx1", language: "en", launch, storage, ...options });
  phone.open(PAGE, query);
  return phone;
}

const asked = (url) => site.asked.filter((request) => request.url === url);
const bodies = (url) => asked(url).map(({ body }) => JSON.parse(body));
const problem = (status, code, message) => [status, { error: { code, message } }];

test("what is sent: the scene decoded once, the way in, and a fresh code with a yes alone", async () => {
  const phone = opened({ scene: "a%252Fb" });
  assert.equal(await phone.text(".digits"), "07");
  assert.deepEqual(bodies(SCAN), [{ scene: "a%2Fb", appid: "wx1", entry: 1047 }]);
  assert.equal(asked("/control/wx_login").length, 0, "nobody is named before they agree");
  await phone.fire(".confirm");
  await phone.text(".next");
  const said = { scene: "a%2Fb", appid: "wx1", entry: 1047 };
  assert.deepEqual(bodies(CONFIRM), [{ ...said, code: "c1", answer: "confirm" }]);
  for (const { headers } of [...asked(SCAN), ...asked(CONFIRM)]) {
    const { cookie, authorization, "x-session-token": token, "accept-language": language } = headers;
    assert.deepEqual([cookie, authorization, token, language], [undefined, undefined, undefined, "en"]);
  }
});

test("a no has no code", async () => {
  answers[`POST ${CONFIRM}`] = [200, { status: "refused" }];
  const phone = opened();
  await phone.fire(".refuse");
  assert.match(await phone.text(".next"), /nothing more to do/);
  assert.deepEqual(bodies(CONFIRM), [{ scene: "abc-_1", appid: "wx1", entry: 1047, answer: "refuse" }]);
  assert.equal(asked("/control/wx_login").length, 0);
});

test("who asks: what is not known is left out", async () => {
  const phone = opened();
  await phone.text(".digits");
  const rows = phone.page.querySelectorAll(".row").map(({ dom }) => dom.textContent.trim());
  assert.deepEqual(rows, ["SiteTeahouse (tea.example.com)", "BrowserFirefox", "SystemLinux", "Opened2 min ago"]);
});

const purposes = {
  login: /^Sign in to Teahouse on/,
  connect: /^Connect/,
  reauthenticate: /that it is you$/,
  "something new": /^Sign in/,
};
for (const [process, words] of Object.entries(purposes)) {
  test(`what for: ${process}`, async () => {
    answers[`POST ${SCAN}`] = [200, { ...TOLD, process }];
    assert.match(await opened().text(".heading"), words);
  });
}

for (const entry of [1065, 1194, 1286]) {
  test(`a link (${entry}): the browser is on this phone`, async () => {
    answers[`POST ${SCAN}`] = [200, { ...TOLD, digits: "" }];
    const phone = opened({ scene: "abc" }, entry);
    await phone.text(".compare");
    await phone.fire(".confirm");
    assert.match(await phone.text(".next"), /browser/);
    answers[`POST ${SCAN}`] = problem(404, "qr_over", "Over.");
    assert.match(await opened({ scene: "abc" }, entry).text(".next"), /browser/);
  });
}

test("to connect in a phone's browser, the number is typed there", async () => {
  answers[`POST ${SCAN}`] = [200, { ...TOLD, process: "connect", digits: "" }];
  answers[`POST ${CONFIRM}`] = [200, { status: "confirmed", digits: "42" }];
  const phone = opened({ scene: "abc" }, 1194);
  await phone.fire(".confirm");
  assert.equal(await phone.text(".digits"), "42");
  assert.match(await phone.text(".number"), /in your browser/);
});

test("a code that WeChat refuses is followed by a fresh one, once", async () => {
  answers[`POST ${CONFIRM}`] = problem(401, "code_invalid", "Used already.");
  const phone = opened();
  await phone.fire(".confirm");
  assert.equal(await phone.text(".message"), "Used already.");
  assert.equal(bodies(CONFIRM).length, 2);
  assert.equal(asked("/control/wx_login").length, 2);
  answers[`POST ${CONFIRM}`] = [200, { status: "confirmed" }];
  await phone.fire(".confirm");
  assert.match(await phone.text(".next"), /Go back/);
  assert.equal(phone.find(".message"), undefined);
});

const failures = {
  "the site is too busy": [problem(429, "too_often", "Wait a minute."), /^Wait a minute\.$/],
  "WeChat is away": [problem(503, "unavailable", "WeChat does not answer."), /does not answer/],
  "somebody between answers": [[502, "<html>"], /That did not work/],
};
for (const [name, [answer, words]] of Object.entries(failures)) {
  test(`tried again by a tap: ${name}`, async () => {
    answers[`POST ${SCAN}`] = answer;
    const phone = opened();
    assert.match(await phone.text(".message"), words);
    answers[`POST ${SCAN}`] = [200, TOLD];
    await phone.fire(".again");
    assert.equal(await phone.text(".digits"), "07");
    assert.equal(phone.find(".message"), undefined);
    answers[`POST ${CONFIRM}`] = answer;
    await phone.fire(".confirm");
    assert.match(await phone.text(".message"), words);
    assert.ok(phone.find(".confirm"), "the person tries again");
  });
}

test("no connection, neither to ask nor to answer", async () => {
  config.site = "http://127.0.0.1:1";
  const phone = opened();
  assert.match(await phone.text(".message"), /cannot be reached/);
  config.site = site.url;
  await phone.fire(".again");
  await phone.text(".digits");
  config.site = "http://127.0.0.1:1";
  await phone.fire(".confirm");
  assert.match(await phone.text(".message"), /cannot be reached/);
  config.site = site.url;
  await phone.fire(".confirm");
  assert.match(await phone.text(".next"), /Go back/);
});

test("who was away before there was an answer comes back to the same way in", async () => {
  config.site = "http://127.0.0.1:1";
  const phone = opened();
  await phone.text(".again");
  config.site = site.url;
  for (const query of [{ scene: "abc-_1" }, {}]) phone.show({ path: PAGE.slice(1), query, scene: 1089 });
  assert.equal(asked(SCAN).length, 0);
  await phone.fire(".again");
  await phone.text(".digits");
  assert.equal(bodies(SCAN)[0].entry, 1047);
});

for (const query of [{}, { scene: "" }, { scene: "%" }]) {
  test(`without a code it says what it is for, and leads on: ${JSON.stringify(query)}`, async () => {
    const phone = opened(query, 1001, { storage: new Map() });
    assert.match(await phone.text(".how"), /scan the code there/);
    assert.match(await phone.text(".why"), /^Teahouse asks WeChat who you are/);
    assert.equal(asked(SCAN).length, 0);
    await phone.fire(".here");
    await phone.at("/pages/sign-in/sign-in");
  });
}

test("a code that was opened meanwhile is the one that is asked about", async () => {
  const slow = { ...TOLD, digits: "11" };
  answers[`POST ${SCAN}`] = [200, slow, 300];
  const phone = opened({ scene: "first" });
  await until("the first question", () => asked(SCAN).length === 1);
  answers[`POST ${SCAN}`] = [200, { ...TOLD, digits: "22" }];
  phone.show({ path: PAGE.slice(1), query: { scene: "second" }, scene: 1047 });
  assert.equal(await phone.text(".digits"), "22");
  await new Promise((resolve) => setTimeout(resolve, 400));
  assert.equal(await phone.text(".digits"), "22");
  await phone.fire(".confirm");
  await phone.text(".next");
  assert.equal(bodies(CONFIRM)[0].scene, "second");
});

test("both languages say the same things", () => {
  const { words } = require(`${SAMPLE}/pages/wechat-login/words.js`);
  const keys = (language) => {
    new Phone({ simulator: "http://127.0.0.1:1", appid: "wx1", language });
    const { purposes, ...said } = words();
    const filled = Object.entries(said).map(([name, text]) => [name, text.match(/\{\w+\}/g)]);
    return [filled, Object.keys(purposes)];
  };
  assert.deepEqual(keys("zh_TW"), keys("en"));
});
