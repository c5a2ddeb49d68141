import assert from "node:assert/strict";
import { test } from "node:test";

import { clockFace, countdown } from "../../django_wechat/static/django_wechat/panel/deadline.js";

const clocks = () => {
  const now = { monotonic: 5_000, wall: 1_700_000_000_000 };
  return { now, monotonic: () => now.monotonic, wall: () => now.wall };
};

test("counts whole seconds down to 0 and no further", () => {
  const time = clocks();
  const left = countdown(300, time);
  assert.equal(left(), 300);
  time.now.monotonic += 1_500;
  assert.equal(left(), 299);
  time.now.monotonic += 999_000;
  assert.equal(left(), 0);
});

test("a wall clock that is set back does not prolong the code", () => {
  const time = clocks();
  const left = countdown(300, time);
  time.now.monotonic += 200_000;
  time.now.wall -= 3_600_000;
  assert.equal(left(), 100);
});

test("an hour of sleep, in which the monotonic clock stood still, ends the code", () => {
  const time = clocks();
  const left = countdown(300, time);
  time.now.wall += 3_600_000;
  assert.equal(left(), 0);
});

test("a wall clock that is set forward ends the countdown, and the site's next answer starts it again", () => {
  const time = clocks();
  const left = countdown(300, time);
  time.now.wall += 86_400_000;
  assert.equal(left(), 0);
  assert.equal(countdown(280, time)(), 280);
});

test("the face of the clock", () => {
  assert.deepEqual([272, 60, 9, 0].map(clockFace), ["4:32", "1:00", "0:09", "0:00"]);
});
