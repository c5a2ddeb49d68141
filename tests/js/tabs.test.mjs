import assert from "node:assert/strict";
import { test } from "node:test";

import { asked, target } from "../../django_wechat/static/django_wechat/panel/tabs.js";

test("arrows go round, Home and End go to the ends", () => {
  const moves = [
    ["ArrowRight", 0, 1],
    ["ArrowRight", 2, 0],
    ["ArrowLeft", 0, 2],
    ["Home", 2, 0],
    ["End", 0, 2],
  ];
  for (const [key, from, to] of moves) assert.equal(target(key, from, 3), to, key);
});

test("arrows follow the direction of writing", () => {
  assert.equal(target("ArrowRight", 0, 3, true), 2);
  assert.equal(target("ArrowLeft", 0, 3, true), 1);
});

test("other keys are the browser's", () => {
  for (const key of ["Tab", "ArrowDown", "a"]) assert.equal(target(key, 0, 2), null);
});

test("the address opens a tab, the hash before the query", () => {
  const ids = ["others", "wechat"];
  const of = (rest) => asked(`https://example.com/accounts/login/${rest}`, ids);
  assert.equal(of("#wechat"), "wechat");
  assert.equal(of("?tab=wechat"), "wechat");
  assert.equal(of("?tab=wechat#others"), "others");
  assert.equal(of("?tab=<script>"), null);
  assert.equal(of(""), null);
});
