import assert from "node:assert/strict";
import { test } from "node:test";

import { START, step } from "../../django_wechat/static/django_wechat/panel/panel-state.js";

const after = (...events) =>
  events.map((event) => (typeof event === "string" ? { type: event } : event)).reduce(step, START);
const failed = (code) => ({ type: "failed", problem: { code } });

test("nothing is asked for before the panel is seen", () => {
  assert.equal(after("hide").attempt, 0);
  assert.equal(after("online", "ready", "expired", "leaving", "returned").attempt, 0);
});

test("the first look opens one code, a second look none", () => {
  assert.equal(after("show").name, "loading");
  assert.equal(after("show", "hide", "show").attempt, 1);
});

test("the ways through a sign-in", () => {
  const ways = [
    [["show", "ready"], "ready"],
    [["show", failed("server")], "error"],
    [["show", "ready", "leaving"], "done"],
    [["show", "ready", failed("frame")], "error"],
    [["show", "ready", "leaving", failed("slow")], "error"],
    [["show", "ready", "leaving", "returned"], "loading"],
    [["show", "returned"], "loading"],
    [["show", failed("offline"), "returned"], "loading"],
    [["show", failed("server"), "returned"], "error"],
    [["show", "ready", "returned"], "ready"],
    [["show", failed("server"), "refresh"], "loading"],
    [["show", "ready", "scanned"], "scanned"],
    [["show", "ready", "scanned", "confirmed"], "done"],
    [["show", "ready", "confirmed"], "done"],
    [["show", "ready", "scanned", "refused"], "refused"],
    [["show", "ready", "scanned", "refused", "refresh"], "loading"],
    [["show", "ready", "scanned", "thanked"], "loading"],
    [["show", "ready", "scanned", failed("offline")], "error"],
    [["show", "ready", "scanned", failed("offline"), "online"], "loading"],
    [["show", "ready", "scanned", "confirmed", "returned"], "loading"],
    [["show", "ready", "waiting"], "ready"],
    [["show", "ready", "scanned", "waiting", "leaving"], "scanned"],
  ];
  for (const [events, name] of ways) assert.equal(after(...events).name, name, events.join());
});

test("an expired code is renewed by itself once, then by Refresh", () => {
  assert.equal(after("show", "ready", "expired").name, "loading");
  const spent = after("show", "ready", "expired", "ready", "expired");
  assert.equal(spent.name, "expired");
  assert.equal(step(spent, { type: "show" }).name, "expired");
  const again = ["refresh", "ready", "expired"].reduce((model, type) => step(model, { type }), spent);
  assert.equal(again.name, "loading", "Refresh gives the automatic renewal back");
});

test("a code that is not ours any more before a scan is renewed once", () => {
  assert.equal(after("show", "ready", "gone").name, "loading");
  assert.equal(after("show", "ready", "gone", "ready", "gone").name, "expired");
});

test("a code that was scanned is renewed by hand only", () => {
  for (const events of [["scanned", "expired"], ["scanned", "gone"]]) {
    const ended = after("show", "ready", ...events);
    assert.equal(ended.name, "expired", events.join());
    assert.equal(step(ended, { type: "show" }).name, "expired");
    assert.equal(step(ended, { type: "refresh" }).name, "loading");
  }
});

test("after the thanks the Open Platform's code is the second step, also after Refresh", () => {
  const thanked = after("show", "ready", "thanked");
  assert.deepEqual([thanked.kind, thanked.thanked, thanked.attempt], ["open_platform", true, 2]);
  const again = ["ready", "expired", "ready", "refresh"].reduce((model, type) => step(model, { type }), thanked);
  assert.deepEqual([again.kind, again.thanked, again.name], ["open_platform", true, "loading"]);
});

test("by hand to the other code and back", () => {
  const other = { type: "switch", kind: "open_platform" };
  for (const events of [[], ["scanned"], ["scanned", "refused"], ["scanned", "gone"], [failed("server")]]) {
    const turned = after("show", "ready", ...events, other);
    assert.deepEqual([turned.name, turned.kind, turned.thanked], ["loading", "open_platform", false], events.join());
    const back = step(step(turned, { type: "ready" }), { type: "switch", kind: "" });
    assert.deepEqual([back.name, back.kind, back.attempt], ["loading", "", 3]);
  }
  assert.equal(after("show", other).kind, "open_platform", "also while a code is on its way");
  assert.equal(after("show", "ready", "confirmed", other).name, "done", "nor at the end");
});

test("an unseen panel is renewed when it is seen again", () => {
  const asleep = after("show", "ready", "hide", "expired");
  assert.deepEqual([asleep.name, asleep.attempt], ["expired", 1]);
  assert.deepEqual([step(asleep, { type: "show" }).name, step(asleep, { type: "show" }).attempt], ["loading", 2]);
});

test("a second press on Refresh while loading means nothing", () => {
  const loading = after("show", "ready", "refresh");
  assert.equal(step(loading, { type: "refresh" }), loading);
});

test("the code that was shown before comes first, unless somebody asked for a new one", () => {
  const older = [
    ["show"],
    ["show", "returned"],
    ["show", failed("server"), "refresh"],
    ["show", "ready", "scanned", failed("offline"), "online"],
    ["show", "ready", "confirmed", "returned"],
    ["show", "ready", "confirmed", failed("slow"), "refresh"],
  ];
  const newer = [
    ["show", "ready", "refresh"],
    ["show", "ready", "expired"],
    ["show", "ready", "gone"],
    ["show", "ready", "scanned", "refresh"],
    ["show", "ready", "refused", "refresh"],
    ["show", "ready", "thanked"],
    ["show", failed("server"), { type: "switch", kind: "" }],
  ];
  for (const events of older) assert.equal(after(...events).resumes, true, JSON.stringify(events));
  for (const events of newer) assert.equal(after(...events).resumes, false, JSON.stringify(events));
});

test("a page that comes back while it was loading asks again", () => {
  assert.equal(after("show", "returned").attempt, 2);
});

test("events of an older attempt are dropped", () => {
  const second = after("show", "ready", "refresh");
  for (const type of ["ready", "failed"]) assert.equal(step(second, { type, attempt: 1 }), second);
  assert.equal(step(second, { type: "ready", attempt: 2 }).name, "ready");
});

test("a connection that comes back is used, after an offline error only", () => {
  assert.equal(after("show", failed("offline"), "online").name, "loading");
  assert.equal(after("show", failed("server"), "online").name, "error");
});

test("a new attempt forgets the old problem", () => {
  assert.equal(after("show", failed("server")).problem.code, "server");
  assert.equal(after("show", failed("server"), "refresh").problem, null);
});

test("no state is a trap: Refresh or time leads out of each", () => {
  const stuck = {
    idle: [],
    loading: ["show"],
    ready: ["show", "ready"],
    scanned: ["show", "ready", "scanned"],
    refused: ["show", "ready", "scanned", "refused"],
    expired: ["show", "ready", "hide", "expired"],
    error: ["show", failed("server")],
    done: ["show", "ready", "leaving"],
  };
  for (const [name, events] of Object.entries(stuck)) {
    assert.equal(after(...events).name, name);
    const ways = ["refresh", "expired", failed("slow")].map((event) => after(...events, event));
    assert.ok(ways.some((model) => model.name !== name), name);
  }
});

test("a notice lives as long as the code is shown, and as the site says so", () => {
  const notice = "wrong_entry";
  const told = after("show", "ready", { type: "waiting", notice });
  assert.deepEqual([told.name, told.notice], ["ready", notice]);
  assert.equal(step(told, { type: "waiting", notice }), told);
  assert.equal(step(told, { type: "waiting" }).notice, "");
  assert.equal(step(told, { type: "hide" }).notice, notice);
  for (const type of ["scanned", "confirmed", "refused", "expired", "refresh", "failed", "gone"])
    assert.equal(step(told, { type, problem: { code: "server" } }).notice, "", type);
});

test("with nothing to go on with, and nobody who asks, all is as at first", () => {
  const model = after("refresh", "none");
  assert.deepEqual([model.name, model.attempt], ["idle", 1]);
  assert.equal(step(model, { type: "refresh" }).attempt, 2);
});
