import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { createWx } from "../../django_wechat/simulator/node/wx.mjs";

const APPID = "wx7a1c0ffee0000006";
let site, server;
let underWay = 0;
let mostAtOnce = 0;

before(async () => {
  server = createServer(async (request, response) => {
    const counts = request.url === "/busy" ? 1 : 0;
    underWay += counts;
    mostAtOnce = Math.max(mostAtOnce, underWay);
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    response.setHeader("Set-Cookie", "sessionid=1; Path=/");
    const body = Buffer.concat(chunks).toString();
    const { method, url, headers } = request;
    setTimeout(
      () => {
        underWay -= counts;
        response.end(url === "/text" ? "no JSON" : JSON.stringify({ method, url, headers, body }));
      },
      ["/slow", "/busy"].includes(url) ? 60 : 0,
    );
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  site = `http://127.0.0.1:${server.address().port}`;
});
after(() => server.close());

const phone = (options = {}) => createWx({ simulator: "http://127.0.0.1:1", appid: APPID, ...options });
const ask = (wx, options) =>
  new Promise((resolve, reject) => wx.request({ ...options, success: resolve, fail: reject }));

test("JSON goes out and comes back, and the Referer is WeChat's whatever the program says", async () => {
  const header = { referer: "https://www.example.com/", "X-Session-Token": "t" };
  const answer = await ask(phone(), { url: `${site}/a/`, method: "POST", data: { code: "1" }, header });
  assert.equal(answer.errMsg, "request:ok");
  assert.equal(answer.statusCode, 200);
  assert.deepEqual([answer.data.method, answer.data.body], ["POST", '{"code":"1"}']);
  assert.equal(answer.data.headers["content-type"], "application/json");
  assert.equal(answer.data.headers["x-session-token"], "t");
  assert.equal(answer.data.headers.referer, `https://servicewechat.com/${APPID}/devtools/page-frame.html`);
});

test("no cookie is kept", async () => {
  const wx = phone();
  const first = await ask(wx, { url: site });
  assert.deepEqual(first.cookies, ["sessionid=1; Path=/"]);
  assert.equal((await ask(wx, { url: site })).data.headers.cookie, undefined);
});

test("a query for GET, a form where the header says so, text as it stands", async () => {
  const got = await ask(phone(), { url: `${site}/?a=1`, data: { b: "茶" } });
  assert.equal(got.data.url, `/?a=1&b=${encodeURIComponent("茶")}`);
  const header = { "content-type": "application/x-www-form-urlencoded" };
  const form = await ask(phone(), { url: site, method: "POST", data: { b: "1 2" }, header });
  assert.equal(form.data.body, "b=1+2");
  assert.equal((await ask(phone(), { url: site, method: "POST", data: "as it stands" })).data.body, "as it stands");
});

test("what is no JSON comes as text, and bytes where they are asked for", async () => {
  assert.equal((await ask(phone(), { url: `${site}/text` })).data, "no JSON");
  assert.equal(typeof (await ask(phone(), { url: site, dataType: "其他" })).data, "string");
  const bytes = await ask(phone(), { url: `${site}/text`, responseType: "arraybuffer" });
  assert.equal(bytes.data.byteLength, 7);
});

test("PATCH is no method of WeChat's, and methods are in capitals", async () => {
  for (const method of ["PATCH", "post"]) {
    await assert.rejects(ask(phone(), { url: site, method }), { errMsg: /^request:fail method/ });
  }
});

test("too slow, broken off, nobody there, not in the list: each is a fail", async () => {
  const url = `${site}/slow`;
  await assert.rejects(ask(phone(), { url, timeout: 10 }), { errMsg: "request:fail timeout", errno: 5 });
  await assert.rejects(
    new Promise((_, fail) => phone().request({ url, fail }).abort()),
    { errMsg: "request:fail abort" },
  );
  await assert.rejects(ask(phone(), { url: "http://127.0.0.1:1/" }), { errMsg: /^request:fail / });
  await assert.rejects(ask(phone(), { url: "/accounts/" }), { errMsg: 'request:fail invalid url "/accounts/"' });
  const domains = ["https://www.example.com"];
  const unlisted = { errMsg: "request:fail url not in domain list", errno: 600002 };
  await assert.rejects(ask(phone({ domains }), { url }), unlisted);
});

test("at most ten are under way, and the others get their turn", async () => {
  const wx = phone();
  const answers = await Promise.all(Array.from({ length: 25 }, () => ask(wx, { url: `${site}/busy` })));
  assert.equal(answers.length, 25);
  assert.equal(mostAtOnce, 10);
});

test("request knows no promises, and complete is called in any case", async () => {
  const said = [];
  await new Promise((resolve) => {
    const task = phone().request({
      url: site,
      success: ({ errMsg }) => said.push(errMsg),
      complete: ({ errMsg }) => resolve(said.push(errMsg)),
    });
    assert.equal(task.then, undefined);
  });
  assert.deepEqual(said, ["request:ok", "request:ok"]);
});

test("a file is uploaded as a form, by POST, and its answer is text", async () => {
  const filePath = join(tmpdir(), `wx-${process.pid}.png`);
  await writeFile(filePath, "picture");
  const answer = await new Promise((success, fail) =>
    phone().uploadFile({ url: site, filePath, name: "avatar", formData: { a: "1" }, success, fail }),
  );
  assert.equal(typeof answer.data, "string");
  const { method, headers, body } = JSON.parse(answer.data);
  assert.equal(method, "POST");
  assert.match(headers["content-type"], /^multipart\/form-data; boundary=/);
  assert.match(headers.referer, /servicewechat/);
  assert.match(body, /name="avatar"; filename="wx-\d+\.png"/);
  assert.match(body, /name="a"\r\n\r\n1/);
  await assert.rejects(
    new Promise((success, fail) =>
      phone().uploadFile({ url: site, filePath: "/nowhere", name: "avatar", success, fail }),
    ),
    { errMsg: /^uploadFile:fail file/ },
  );
});

test("the memory gives copies, and empty text for what is not there", () => {
  const storage = new Map();
  const wx = phone({ storage });
  const kept = { a: 1 };
  wx.setStorageSync("k", kept);
  kept.a = 2;
  assert.deepEqual(phone({ storage }).getStorageSync("k"), { a: 1 });
  wx.removeStorageSync("k");
  assert.equal(wx.getStorageSync("k"), "");
});

test("by promise without callbacks, by callback with them, as wx.login does", async () => {
  const wx = phone();
  await assert.rejects(wx.login(), { errMsg: /^login:fail / });
  await assert.rejects(wx.checkSession(), { errMsg: /^checkSession:fail / });
  const said = await new Promise((fail) => assert.equal(wx.login({ fail }), undefined));
  assert.match(said.errMsg, /^login:fail /);
  assert.equal(wx.getPrivacySetting(), undefined);
});

test("what shows on the screen is told to who asks", async () => {
  const shown = [];
  const wx = phone({ seen: (name, options) => shown.push([name, options.title ?? options.url]), confirms: false });
  await wx.showToast({ title: "好" });
  await wx.navigateTo({ url: "/pages/profile/profile" });
  assert.equal((await wx.showModal({ title: "?" })).confirm, false);
  assert.deepEqual(shown, [["showToast", "好"], ["navigateTo", "/pages/profile/profile"], ["showModal", "?"]]);
});
