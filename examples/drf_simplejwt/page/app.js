/** What does the page show, and what do its buttons do? */

import { clockFace } from "/static/django_wechat/panel/deadline.js";
import { comeBack, scan } from "./qr.js";
import * as tokens from "./tokens.js";
import { WORDS } from "./words.js";

const PATIENCE = 10_000; // milliseconds
const all = (selector) => document.querySelectorAll(selector);
const part = (name) => document.querySelector(`[data-part="${name}"]`);
const insideWeChat = navigator.userAgent.includes("MicroMessenger");
let lang = sessionStorage.getItem("lang") ?? (navigator.language.startsWith("zh") ? "zh" : "en");
let provider = "web";
let stopScan = () => {};
let last = Promise.resolve();
const button = part("code").firstElementChild;

// ── the site: JSON in, JSON out, in the language of the page ──

const csrfToken = () => document.cookie.match(/(?:^|; )drf_csrftoken=([^;]+)/)?.[1] ?? "";
const spoken = (url, options = {}) =>
  fetch(url, { ...options, headers: { ...options.headers, "Accept-Language": lang === "zh" ? "zh-hans" : "en" } });

async function ask(method, url, body, headers) {
  const response = await spoken(url, {
    method,
    headers: { Accept: "application/json", ...(body && { "Content-Type": "application/json" }), ...headers },
    body: body && JSON.stringify(body),
    signal: AbortSignal.timeout(PATIENCE),
  });
  return { status: response.status, json: await response.json().catch(() => ({})) };
}

// ── the page: one view at a time ──

function show(name) {
  stopScan();
  all("[data-view]").forEach((view) => (view.hidden = view.dataset.view !== name));
}

function speak() {
  const words = WORDS[lang];
  document.documentElement.lang = lang;
  document.title = words.title;
  all("[data-word]").forEach((element) => (element.textContent = words[element.dataset.word]));
  all("[data-label]").forEach((element) => element.setAttribute("aria-label", words[element.dataset.label]));
  all("[data-lang]").forEach((choice) => choice.setAttribute("aria-pressed", choice.dataset.lang === lang));
}

/** A problem has a message from the site, or a code that the page has words for. */
function fail({ code, message }) {
  show("problem");
  const words = WORDS[lang];
  part("problem").textContent = message ?? words[code] ?? words.server;
}

function say(word) {
  part("state").textContent = word ? WORDS[lang][word] : "";
}

// ── signing in ──

function start() {
  show("sign-in");
  part("code").replaceChildren(button);
  part("left").hidden = part("digits").hidden = true;
  say("");
}

function openCode() {
  start();
  say("loading");
  part("code").textContent = "";
  const on = {
    code: () => say("scan"),
    left: (clock) => ((part("clock").textContent = clock), (part("left").hidden = false)),
    scanned: (digits) => {
      part("code").textContent = "";
      part("digits").textContent = digits;
      part("digits").hidden = false;
      say("scanned");
    },
    finishing: () => say("finishing"),
    tokens: (pair) => attempt(() => signIn(pair)),
    again: openCode,
    problem: fail,
  };
  const titles = WORDS[lang];
  stopScan = scan(provider, { box: part("code"), ask, fetch: spoken, csrfToken: csrfToken(), titles, on });
}

function choose(tab) {
  provider = tab.dataset.provider;
  all("[role=tab]").forEach((one) => {
    one.setAttribute("aria-selected", one === tab);
    one.tabIndex = one === tab ? 0 : -1;
  });
  document.getElementById("panel").setAttribute("aria-labelledby", tab.id);
  start();
}

async function signIn(pair) {
  tokens.keep(pair);
  await showPerson();
}

async function showPerson() {
  const { status, json } = await tokens.authorized(ask, "GET", "/api/me/");
  if (status === 401) return fail({ code: "over" });
  if (status !== 200) return fail({ code: "server" });
  show("signed-in");
  part("name").textContent = json.display;
  part("answer").textContent = JSON.stringify(json, null, 2);
  countTokenDown();
}

function countTokenDown() {
  const tick = () => (part("ends").textContent = clockFace(tokens.secondsLeft()));
  const clock = setInterval(tick, 1000);
  stopScan = () => clearInterval(clock);
  tick();
}

// ── what the visitor presses ──

const ACTS = {
  start,
  scan: openCode,
  ask: showPerson,
  refresh: async () => ((await tokens.refresh(ask)) ? showPerson() : fail({ code: "over" })),
  signOut: async () => {
    await tokens.end(ask);
    start();
  },
};

/** One after the other, so that nobody signs out of a token that is being refreshed; what goes wrong ends in words. */
function attempt(act) {
  last = last.then(act).catch((error) => fail({ code: error.name === "TimeoutError" ? "timeout" : "offline" }));
}

document.addEventListener("click", ({ target }) => {
  const pressed = target.closest("button");
  if (pressed?.dataset.do) attempt(ACTS[pressed.dataset.do]);
  else if (pressed?.dataset.provider) choose(pressed);
  else if (pressed?.dataset.lang) {
    sessionStorage.setItem("lang", (lang = pressed.dataset.lang));
    speak();
  }
});
document.addEventListener("keydown", ({ target, key }) => {
  if (!target.dataset?.provider || !["ArrowLeft", "ArrowRight"].includes(key)) return;
  const other = [...all("[role=tab]")].find((tab) => tab !== target);
  other.focus();
  choose(other);
});
document.addEventListener("submit", ({ target }) => (target.elements.csrfmiddlewaretoken.value = csrfToken()));

speak();
document.querySelector(".outside-wechat").hidden = insideWeChat;
document.querySelector(".in-wechat").hidden = !insideWeChat;
attempt(async () => {
  const { tokens: pair, problem } = await comeBack(ask);
  if (problem) fail(problem);
  else if (pair) await signIn(pair);
  else if (tokens.areThere()) await showPerson();
  else start();
});
