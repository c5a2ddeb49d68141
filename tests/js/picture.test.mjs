import assert from "node:assert/strict";
import { test } from "node:test";

import { image, isThere } from "../../django_wechat/static/django_wechat/panel/picture.js";

Object.assign(globalThis, {
  location: new URL("https://example.com/accounts/login/"),
  document: { createElement: (localName) => Object.assign(new EventTarget(), { localName }) },
});

test("only a path of this site is shown", () => {
  const { localName, src, alt } = image("/accounts/wechat/qr/1/picture/", "A code");
  assert.deepEqual([localName, src, alt], ["img", "/accounts/wechat/qr/1/picture/", "A code"]);
  for (const other of ["//evil.example/a", "/\\evil.example/a", "/\t/evil.example/a", "https://example.com/a", "a", ""])
    assert.equal(image(other, ""), null, other);
});

test("a picture is there when it loaded, and not when it failed or takes too long", async () => {
  for (const [happens, there] of [["load", true], ["error", false]]) {
    const picture = image("/a/", "");
    const asked = isThere(picture, 60_000);
    picture.dispatchEvent(new Event(happens));
    assert.equal(await asked, there, happens);
  }
  assert.equal(await isThere(image("/a/", ""), 5), false);
  assert.equal(await isThere({ localName: "svg" }, 0), true);
});
