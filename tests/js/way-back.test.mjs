import assert from "node:assert/strict";
import { test } from "node:test";

import { fragmentOf, inAddress, withFragment } from "../../django_wechat/static/django_wechat/way-back.js";

const page = { getElementById: (id) => (id === "wechat" ? {} : null) };

test("what follows the way back, and what means something here", () => {
  const hashes = { "#/orders": "#/orders", "#!/a": "#!/a", "#part": "#part", "#wechat": "", "#wechat_redirect": "", "": "" };
  for (const [hash, fragment] of Object.entries(hashes)) assert.equal(fragmentOf({ hash }, page), fragment, hash);
});

test("the way back gets it, unless it has its own or there is none", () => {
  assert.equal(withFragment("/app/", "#/orders"), "/app/#/orders");
  assert.equal(withFragment("/app/#/home", "#/orders"), "/app/#/home");
  assert.equal(withFragment("", "#/orders"), "");
  assert.equal(withFragment("/app/", ""), "/app/");
});

test("in an address it is one value, and the rest stays", () => {
  globalThis.location = { href: "https://example.com/accounts/login/?a=b#/orders" };
  const address = inAddress("/accounts/wechat/login/?process=login&next=%2Fapp%2F%3Fa%3D1", "#/orders");
  const url = new URL(address);
  assert.equal(url.searchParams.get("next"), "/app/?a=1#/orders");
  assert.deepEqual([url.hash, url.searchParams.get("process")], ["", "login"]);
  assert.equal(inAddress("/a/?b=c", "#/orders"), "https://example.com/a/?b=c");
});
