/**
 * Does the sample let a computer in that shows its code, and a phone's browser that opened its link? On a phone,
 * against the example site: SITE, its SIMULATOR, the APPID of its mini program and that of ANOTHER, an ACCOUNT there
 * with its PASSWORD, and a command after which every code is OVER. tests/project/test_mini_program_sample.py runs this.
 */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { openAddress, scanCode } from "../../django_wechat/simulator/node/wx.mjs";
import { Browser } from "./browser.mjs";
import { Phone, config, until } from "./phone.mjs";

const { SITE: site, SIMULATOR: simulator, APPID: appid, ANOTHER: another } = process.env;
const { ACCOUNT: account, PASSWORD: password, OVER: over } = process.env;
config.site = site;
const PAGE = "/pages/wechat-login/index";
const person = "zhangsan";

/** Open the program as its code or link does. */
function launched(launch, options = {}) {
  const phone = new Phone({ simulator, appid, person, language: "en", launch, ...options });
  phone.open(`/${launch.path}`, launch.query);
  return phone;
}

/** A PC that shows the program's code, and somebody's phone that scanned it. */
async function scanned({ way = "camera", browser = new Browser(site), values = {}, ...options } = {}) {
  const code = await browser.opened("mini_program", values);
  const launch = await scanCode({ simulator, picture: await browser.picture(code), way, person });
  return { browser, code, launch, phone: launched(launch, options) };
}

async function linked(way = "browser") {
  const browser = new Browser(site, "phone");
  const code = await browser.opened("link");
  const launch = await openAddress({ simulator, address: code.link, way, person });
  return { browser, code, launch, phone: launched(launch) };
}

const rows = (phone) => phone.page.querySelectorAll(".row").map(({ dom }) => dom.textContent.trim());
const reaches = (phone, state) => until(state, () => phone.page.instance.data.state === state);

const notice = async ({ browser, code }) => (await browser.status(code)).notice;

const says = {
  zh: { language: "zh_CN", purpose: /^在电脑上登录「.+」$/, why: /没有手机号/, next: /回到电脑/ },
  en: { language: "en", purpose: /^Sign in to .+ on a computer$/, why: /no phone number/, next: /to the computer/ },
};

for (const [name, { language, purpose, why, next }] of Object.entries(says)) {
  test(`from the code to the signed-in computer (${name})`, async () => {
    const { browser, code, phone } = await scanned({ language });
    assert.equal(phone.path, PAGE);
    const digits = await phone.text(".number .digits");
    assert.match(digits, /^\d\d$/);
    assert.equal((await browser.status(code)).digits, digits);
    assert.match(await phone.text(".heading"), purpose);
    assert.match(await phone.text(".why"), why);
    const said = rows(phone).join("\n");
    for (const word of [new URL(site).host, "Chrome", "Windows"]) assert.match(said, new RegExp(word));
    await phone.fire(".confirm");
    await reaches(phone, "confirmed");
    assert.match(await phone.text(".next"), next);
    assert.equal(phone.find(".confirm"), undefined);
    assert.ok(await browser.finish(code));
  });
}

test("it wasn't me: nobody is signed in", async () => {
  const { browser, code, phone } = await scanned();
  await phone.fire(".refuse");
  await reaches(phone, "refused");
  assert.match(await phone.text(".heading"), /nobody is signed in/);
  assert.equal((await browser.status(code)).status, "refused");
  assert.equal(await browser.finish(code), undefined);
});

test("a code that ran out while its person hesitated", async () => {
  const { browser, code, phone } = await scanned();
  await phone.text(".digits");
  execFileSync("sh", ["-c", over]);
  await phone.fire(".confirm");
  await reaches(phone, "stopped");
  assert.match(await phone.text(".message"), /not confirmed in time/);
  assert.match(await phone.text(".next"), /Refresh the code on the computer/);
  assert.equal(phone.find(".confirm"), undefined);
  assert.equal(await browser.finish(code), undefined);
});

test("a code that was used already", async () => {
  const { browser, code, launch, phone } = await scanned();
  await phone.fire(".confirm");
  await reaches(phone, "confirmed");
  assert.ok(await browser.finish(code));
  const later = launched(launch, { person: "xiaohua" });
  assert.match(await later.text(".message"), /used already/);
  assert.equal(later.find(".again"), undefined);
});

for (const [way, entry] of Object.entries({ long_press: 1048, album: 1049, forwarded: 1167 })) {
  test(`a code that was sent to somebody is refused in words, and the computer hears of it (${way})`, async () => {
    const found = await scanned({ way });
    const { browser, code, launch, phone } = found;
    assert.equal(launch.scene, entry);
    assert.match(await phone.text(".message"), /Scan the code on your own screen, with WeChat’s camera/);
    assert.equal(phone.find(".confirm"), undefined);
    assert.equal(await notice(found), "wrong_entry");
    phone.show(await scanCode({ simulator, picture: await browser.picture(code), person }));
    await phone.fire(".confirm");
    await reaches(phone, "confirmed");
    assert.equal(await notice(found), "");
    assert.ok(await browser.finish(code));
  });
}

test("a link of a phone's browser: there is no number, and the browser is gone back to", async () => {
  const { browser, code, launch, phone } = await linked();
  assert.equal(launch.scene, 1194);
  assert.match(await phone.text(".compare"), /the site, the browser and the time/);
  assert.equal(phone.find(".digits"), undefined);
  assert.match(await phone.text(".heading"), /in your browser/);
  assert.match(rows(phone).join(), /Safari/);
  await phone.fire(".confirm");
  await reaches(phone, "confirmed");
  assert.match(await phone.text(".next"), /Go back to your browser/);
  assert.ok(await browser.finish(code));
});

test("a link that was passed on inside WeChat", async () => {
  const { launch, phone } = await linked("forwarded");
  assert.equal(launch.scene, 1167);
  assert.match(await phone.text(".message"), /passed on/);
});

test("the code of another program", async () => {
  const { browser, code, launch } = await scanned();
  const phone = launched(launch, { appid: another });
  assert.match(await phone.text(".next"), /Refresh the code/);
  assert.equal(phone.find(".confirm"), undefined);
  assert.notEqual((await browser.status(code)).next, "finish");
});

test("to connect, the computer asks for the number of who confirmed", async () => {
  const browser = new Browser(site);
  await browser.post("/accounts/login/", { login: account, password });
  assert.ok(await browser.who());
  const { code, phone } = await scanned({ browser, values: { process: "connect" }, person: "jose" });
  assert.match(await phone.text(".heading"), /^Connect this WeChat to an account/);
  assert.match(await phone.text(".why"), /signs in to that account/);
  assert.equal(phone.find(".digits"), undefined);
  await phone.fire(".confirm");
  const digits = await phone.text(".digits");
  assert.match(await phone.text(".number"), /on the computer/);
  const wrong = String((Number(digits) + 1) % 100).padStart(2, "0");
  assert.notEqual((await browser.post(code.finish_url, { digits: wrong })).status, 302);
  assert.equal((await browser.post(code.finish_url, { digits })).status, 302);
  const accounts = await (await browser.get("/_allauth/browser/v1/account/providers")).json();
  assert.equal(accounts.data.length, 1);
});

test("a program that was running, and is opened by the next code", async () => {
  const first = await scanned();
  await first.phone.text(".digits");
  const second = new Browser(site);
  const code = await second.opened("mini_program");
  first.phone.show(await scanCode({ simulator, picture: await second.picture(code), person }));
  await until("the question", async () => (await second.status(code)).next === "confirm");
  await first.phone.reads(".digits", new RegExp((await second.status(code)).digits));
  await first.phone.fire(".confirm");
  await reaches(first.phone, "confirmed");
  assert.ok(await second.finish(code));
  assert.equal(await first.browser.finish(first.code), undefined);
});

test("who looks at a chat meanwhile comes back to the same question", async () => {
  const { browser, code, launch, phone } = await scanned();
  const digits = await phone.text(".digits");
  phone.show({ ...launch, scene: 1089 });
  assert.equal(await phone.text(".digits"), digits);
  await phone.fire(".confirm");
  await reaches(phone, "confirmed");
  phone.show({ path: "", query: {}, scene: 1001 });
  assert.equal(phone.page.instance.data.state, "confirmed");
  assert.ok(await browser.finish(code));
});
