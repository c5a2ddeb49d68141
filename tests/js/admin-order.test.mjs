// Does a row of the admin's table end up where it was put?
import assert from "node:assert/strict";
import { test } from "node:test";

import { moved } from "../../django_wechat/static/django_wechat/admin/order.js";

test("one element moves, the others keep their order", () => {
  const cases = [
    [0, 1, "bacd"],
    [3, 2, "abdc"],
    [0, 3, "bcda"],
    [3, 0, "dabc"],
    [1, 1, "abcd"],
  ];
  for (const [from, to, expected] of cases) assert.equal(moved([..."abcd"], from, to).join(""), expected);
});
