import assert from "node:assert/strict";
import { test } from "node:test";

import "../../django_wechat/static/django_wechat/panel/status-stream.js"; // so that the panel has it at once
import { Panel } from "../../django_wechat/static/django_wechat/panel/panel.js";

const QR = {
  kind: "official_account",
  id: "1",
  svg: "<svg/>",
  digits: "42",
  expires_in: 300,
  status_url: "/qr/1/",
  stream_url: "/qr/1/stream/",
  finish_url: "/qr/1/finish/",
};
const WAITING = { status: "waiting", next: "", expires_in: 200 };
const CONFIRMED = { status: "confirmed", next: "finish", expires_in: 200 };
const nothing = () => {};
const settle = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

/** Just enough of an element for the panel to draw on. */
function element(own = {}) {
  const parts = new Map();
  const part = (name) => parts.get(name) ?? parts.set(name, element()).get(name);
  return {
    dataset: {},
    classList: { toggle: nothing },
    hidden: false,
    submitted: 0,
    addEventListener: nothing,
    setAttribute: nothing,
    append: nothing,
    toggleAttribute: nothing,
    remove: nothing,
    contains: () => false,
    querySelectorAll: () => [],
    querySelector: (selector) => (selector.startsWith("[data-wechat-part") ? part(selector.split('"')[1]) : null),
    submit() {
      this.submitted += 1;
    },
    ...own,
  };
}

const drawn = element({
  localName: "svg",
  namespaceURI: "http://www.w3.org/2000/svg",
  attributes: [],
  children: [],
  hasAttribute: () => true,
});

/** A panel whose tab kept `qr`, of which the site says `answer`; `until` lets the time pass that timers wait for. */
async function reload(qr, answer) {
  const timers = new Map();
  const sources = [];
  let last = 0;
  let look;
  Object.assign(globalThis, {
    document: { hidden: false, activeElement: null, addEventListener: nothing, importNode: (node) => node },
    window: globalThis,
    addEventListener: nothing,
    sessionStorage: { getItem: () => JSON.stringify(qr), setItem: nothing },
    fetch: async () => new Response(JSON.stringify(answer)),
    setInterval: nothing,
    setTimeout: (act, delay) => timers.set((last += 1), { act, delay }) && last,
    clearTimeout: (number) => timers.delete(number),
    DOMParser: class {
      parseFromString = () => ({ documentElement: drawn });
    },
    FormData: class extends URLSearchParams {
      constructor() {
        super("process=login");
      }
    },
    IntersectionObserver: class {
      constructor(callback) {
        look = () => callback([{ isIntersecting: true }]);
      }
      observe = nothing;
    },
    EventSource: class extends EventTarget {
      constructor() {
        super();
        sources.push(this);
      }
      close = nothing;
      says = (data) => this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(data) }));
    },
  });
  const root = element({ dataset: { kind: qr.kind, openUrl: "/qr/", pictureTitle: "A code" } });
  new Panel(root);
  look();
  await settle();
  const until = async (end) => {
    for (const [number, { act, delay }] of [...timers]) if (delay <= end && timers.delete(number)) act();
    await settle();
  };
  return { root, sources, until, finish: root.querySelector('[data-wechat-part="finish"]') };
}

test("a code that this tab kept goes on, and the site's stream is listened to", async () => {
  const { root, sources, finish } = await reload(QR, WAITING);
  assert.deepEqual([root.dataset.state, sources.length, finish.submitted], ["ready", 1, 0]);
  sources[0].says(CONFIRMED);
  assert.deepEqual([root.dataset.state, finish.submitted, finish.action], ["done", 1, QR.finish_url]);
});

test("a kept code that is confirmed already is redeemed once, and nothing more is heard of it", async () => {
  for (const stream_url of [QR.stream_url, ""]) {
    const { root, sources, until, finish } = await reload({ ...QR, stream_url }, CONFIRMED);
    for (const source of sources) source.says(CONFIRMED);
    await until(5_000);
    assert.deepEqual([root.dataset.state, finish.submitted, sources.length], ["done", 1, 0], stream_url);
  }
});
