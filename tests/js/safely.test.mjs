import assert from "node:assert/strict";
import { test } from "node:test";

import { asWithoutScript, enhance, fill, guard } from "../../django_wechat/static/django_wechat/panel/safely.js";

const ERROR = new Error("broken");
const fail = () => {
  throw ERROR;
};

test("what is thrown, now or later, goes to the other function", async () => {
  const heard = [];
  guard(fail, (error) => heard.push(error))();
  guard(async () => fail(), (error) => heard.push(error))();
  await Promise.resolve();
  assert.deepEqual(heard, [ERROR, ERROR]);
});

test("what goes well is returned", () => {
  assert.equal(guard((a, b) => a + b, fail)(1, 2), 3);
});

test("one element that fails does not keep the others, and is reported", (context) => {
  const timers = context.mock.method(globalThis, "setTimeout", () => 0);
  const done = [];
  enhance([1, 2, 3], (element) => (element === 2 ? fail() : done.push(element)));
  assert.deepEqual(done, [1, 3]);
  assert.throws(timers.mock.calls[0].arguments[0], ERROR);
});

test("a box is filled anew", () => {
  const box = { textContent: "old", append: (...nodes) => (box.nodes = nodes) };
  fill(box, 1, 2);
  assert.deepEqual([box.textContent, box.nodes], ["", [1, 2]]);
});

test("as without script: not ready, and broken", () => {
  const marks = new Set(["data-ready"]);
  asWithoutScript({ removeAttribute: (name) => marks.delete(name), setAttribute: (name) => marks.add(name) });
  assert.deepEqual([...marks], ["data-broken"]);
});
