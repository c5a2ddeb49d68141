// Which fields of a provider's form show, and what is a secret made of?
import assert from "node:assert/strict";
import { test } from "node:test";

import { sense, shown } from "../../django_wechat/static/django_wechat/admin/provider.js";
import { draw, make } from "../../django_wechat/static/django_wechat/admin/secret.js";

const sensible = (state) =>
  Object.entries(sense({ web: false, program: false, qr: false, media: false, account: false, ...state }))
    .filter(([, makes]) => makes)
    .map(([name]) => name);
const SECOND = ["client_id_2", "client_secret_2"];
const PROGRAM = ["mini_program_page", "mini_program_version", "strict_entry"];
const SERVER = ["access_token", "encoding_aes_key"];

test("the form follows SubType and Enable QR code", () => {
  assert.deepEqual(sensible({}), []);
  assert.deepEqual(sensible({ qr: true, media: true }), []);
  assert.deepEqual(sensible({ account: true }), [...SECOND, ...SERVER]);
  assert.deepEqual(sensible({ web: true }), [...SECOND, "enable_qr_code", ...SERVER]);
  assert.deepEqual(sensible({ web: true, qr: true }), [...SECOND, "enable_qr_code", "follow_up_action", ...SERVER]);
  assert.equal(sensible({ web: true, qr: true, media: true }).length, 7);
  assert.deepEqual(sensible({ program: true }), ["enable_qr_code"]);
  assert.deepEqual(sensible({ program: true, qr: true, media: true }), ["enable_qr_code", ...PROGRAM]);
});

test("what is filled in or wrong is never hidden", () => {
  assert.equal(shown(false, { filled: false, wrong: false }), false);
  assert.equal(shown(true, { filled: false, wrong: false }), true);
  assert.equal(shown(false, { filled: true, wrong: false }), true);
  assert.equal(shown(false, { filled: false, wrong: true }), true);
});

test("a token and a key have the shape that WeChat asks for", () => {
  assert.match(make("token"), /^[A-Za-z0-9]{32}$/);
  for (let round = 0; round < 50; round += 1) assert.match(make("aes_key"), /^[A-Za-z0-9]{42}[AEIMQUYcgkosw048]$/);
  assert.notEqual(make("token"), make("token"));
});

test("bytes that would make some characters likelier are thrown away", () => {
  const bytes = [255, 248, 247, 0, 62];
  const fed = () => [bytes.shift()];
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  assert.equal(draw(alphabet, 3, fed), "9AA");
});
