import assert from "node:assert/strict";
import { test } from "node:test";

import { fetchPanel, panelUrl, wordsFor } from "../../django_wechat/static/django_wechat/panel/login-fragment.js";

const PAGE = "https://www.example.com/shop/?next=/cart/&provider=main&other=1";
const json = (body, init) => async () => new Response(JSON.stringify(body), init);
const panel = (fetch) => fetchPanel("/panel/", { fetch, timeout: 1_000, signal: new AbortController().signal });

test("without attributes: the usual address, and the page's own wishes", () => {
  assert.equal(
    panelUrl({}, PAGE),
    "https://www.example.com/accounts/wechat/panel/?next=%2Fcart%2F&provider=main",
  );
});

test("attributes come before the page's address; an empty one asks for nothing", () => {
  const url = panelUrl({ url: "/zh-hans/konto/wechat", process: "connect", next: "/x/?a=b&c=d", provider: "" }, PAGE);
  assert.equal(
    url,
    "https://www.example.com/zh-hans/konto/wechat/panel/?process=connect&next=%2Fx%2F%3Fa%3Db%26c%3Dd",
  );
});

test("nothing of another site becomes part of the page", () => {
  for (const url of ["https://evil.example/", "//evil.example/wechat/", "data:text/html,", "http://www.example.com/"])
    assert.equal(panelUrl({ url }, PAGE), null, url);
});

test("a panel, or one that is empty where WeChat cannot serve", async () => {
  assert.deepEqual(await panel(json({ html: "<p>", language: "en" })), { html: "<p>", language: "en" });
  assert.deepEqual(await panel(json({ html: "", language: "en" })), { html: "", language: "en" });
});

test("anything else is no panel", async () => {
  const redirected = Object.defineProperty(Response.json({ html: "<p>" }), "redirected", { value: true });
  const answers = [
    json({ html: "<p>" }, { status: 500 }),
    json({ other: 1 }),
    async () => new Response("<h1>Sign in first</h1>"),
    async () => redirected,
    () => Promise.reject(new TypeError("offline")),
  ];
  for (const answer of answers) assert.equal(await panel(answer), null);
});

test("words in the page's language", () => {
  const loading = (language) => wordsFor(language).loading;
  for (const language of ["", "en", "de-CH", "zha"]) assert.match(loading(language), /^Loading/, language);
  for (const language of ["zh", "zh-CN", "zh-Hans", "ZH-sg"]) assert.match(loading(language), /微信登录/, language);
  for (const language of ["zh-TW", "zh-hant", "zh-Hant-HK", "zh-mo"]) assert.match(loading(language), /微信登入/, language);
});

test("no language has fewer words", () => {
  const names = Object.keys(wordsFor("en"));
  for (const language of ["zh-hans", "zh-hant"]) assert.deepEqual(Object.keys(wordsFor(language)), names);
});
