/**
 * A phone on which the sample is open: its pages by miniprogram-simulate, its `wx` by the simulator.
 *
 * miniprogram-simulate knows components and no pages, so a page is made a component here, as WeChat itself does it.
 */
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

import { JSDOM } from "jsdom";

import { createWx, relaunch } from "../../django_wechat/simulator/node/wx.mjs";

const require = createRequire(import.meta.url);
export const SAMPLE = fileURLToPath(new URL("../../examples/mini_program", import.meta.url));
const HOOKS = ["onLoad", "onShow", "onReady", "onHide", "onUnload"];
const PATIENCE = 5_000;

const { window } = new JSDOM("<!doctype html><body></body>", { pretendToBeVisual: true });
Object.assign(globalThis, {
  window,
  document: window.document,
  CustomEvent: window.CustomEvent,
  TouchEvent: window.TouchEvent,
});
const simulate = require("miniprogram-simulate");

globalThis.App = () => undefined;
globalThis.Page = ({ data, ...methods }) => Component({ data, methods });

/** What the sample reads; a test fills it in before a page is opened. */
export const config = require(`${SAMPLE}/config.js`);

/** Wait until `look()` gives something; what `look` cannot find in time is said by `name`. */
export async function until(name, look) {
  const end = Date.now() + PATIENCE;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (Date.now() > end) throw new Error(`waited in vain for: ${name}`);
    await simulate.sleep(10);
  }
}

export class Phone {
  /** `options`: those of createWx; the same `storage` is the same phone, opened again. */
  constructor(options) {
    this.shown = [];
    globalThis.wx = createWx({ ...options, seen: (name, said) => this.see(name, said) });
  }

  see(name, said) {
    this.shown.push({ name, ...said });
    if (["reLaunch", "navigateTo"].includes(name)) this.open(said.url);
  }

  /** Show a page, as if it was the only one; `query` is what it is opened with. */
  open(path, query = {}) {
    this.page?.detach();
    this.path = path;
    const id = simulate.load(`${SAMPLE}${path}`, { compiler: "simulate", rootPath: SAMPLE });
    this.page = simulate.render(id);
    const home = document.createElement("div");
    this.page.attach(home);
    for (const hook of HOOKS.slice(0, 3)) this.page.instance[hook]?.(query);
  }

  /** Show the page once more, of a program that was in the background: opened anew by `launch`, the launch options. */
  show(launch) {
    this.page.instance.onHide?.();
    relaunch(globalThis.wx, launch);
    this.page.instance.onShow?.();
  }

  /** Where the phone is, once it got there. */
  async at(path) {
    await until(path, () => this.path === path);
  }

  find(selector) {
    return this.page.querySelector(selector);
  }

  /** The text of an element, once there is some. */
  async text(selector) {
    return until(selector, () => this.find(selector)?.dom.textContent.trim());
  }

  /** Wait until an element reads so. */
  async reads(selector, words) {
    const read = () => this.find(selector)?.dom.textContent ?? "";
    await until(`${words}`, () => words.test(read())).catch(({ message }) => {
      throw new Error(`${message}; ${selector} reads ${read()}`);
    });
  }

  /** Fire an event of a component: a tap, or WeChat's own, such as `submit` with the values of the form. */
  async fire(selector, event = "tap", detail = {}) {
    (await until(selector, () => this.find(selector))).dispatchEvent(event, { detail });
  }
}
