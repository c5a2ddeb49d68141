import assert from "node:assert/strict";
import { test } from "node:test";

import { addressOf } from "../../django_wechat/static/django_wechat/panel/phone-link.js";

test("a link leads to a page or into WeChat", () => {
  for (const link of ["https://wxaurl.cn/abc", "http://127.0.0.1:8000/wxaurl/abc", "weixin://dl/business/?t=abc"])
    assert.equal(addressOf(link), link);
});

test("anything else leads nowhere", () => {
  for (const link of ["javascript:alert(1)", " javascript:alert(1)", "data:text/html,hi", "file:///etc", "/a/", "", undefined])
    assert.equal(addressOf(link), "", link);
});
