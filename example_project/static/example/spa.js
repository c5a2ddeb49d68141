/**
 * How does a single-page app sign people in with WeChat? (docs/api.md)
 *
 * By allauth's headless API, which knows who is signed in, and by the package's QR addresses. The browser never leaves
 * this page, but for WeChat's own page, which comes back here.
 */

import { clockFace, countdown } from "../django_wechat/panel/deadline.js";
import { showFrame } from "../django_wechat/panel/frame.js";
import { openQr } from "../django_wechat/panel/open-qr.js";
import { fill } from "../django_wechat/panel/safely.js";
import { StatusPoll } from "../django_wechat/panel/status-poll.js";
import { drawing } from "../django_wechat/panel/svg-code.js";

const PATIENCE = 10_000; // milliseconds, for an answer of the site
const root = document.getElementById("spa");
const { headlessUrl, openUrl, frameTitle, pictureTitle } = root.dataset;
const part = (name) => root.querySelector(`[data-part="${name}"]`);
const here = location.pathname;
let stopScan = () => {};

// ── the page: one view at a time ──

function show(name) {
  stopScan();
  root.querySelectorAll("[data-view]").forEach((view) => (view.hidden = view.dataset.view !== name));
  part("live").textContent = root.querySelector(`[data-view="${name}"] h1`)?.textContent ?? "";
}

/** A problem has a message from the site, or a code whose words stand in the page. */
function fail({ code, message, reference = "" }) {
  const words = (name) => root.querySelector(`template[data-problem="${name}"]`)?.content.textContent;
  show("problem");
  part("problem").textContent = message ?? words(code) ?? words("server");
  part("reference").hidden = !reference;
  part("reference").querySelector("span").textContent = reference;
  part("live").textContent = part("problem").textContent;
}

// ── the site: JSON in, JSON out ──

/** The cookie is read for every request: the token changes when somebody signs in. */
const csrfToken = () => document.cookie.match(/(?:^|; )csrftoken=([^;]+)/)?.[1] ?? "";

async function ask(method, url, body) {
  const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
  if (body) headers["Content-Type"] = "application/json";
  const control = new AbortController();
  const late = setTimeout(() => control.abort(), PATIENCE);
  const response = await fetch(url, {
    method,
    headers,
    body: body && JSON.stringify(body),
    signal: control.signal,
  });
  const json = await response.json().catch(() => ({}));
  clearTimeout(late);
  return { status: response.status, json };
}

/** Who is signed in, or what allauth still wants to know. */
async function showSession() {
  const { status, json } = await ask("GET", `${headlessUrl}/auth/session`);
  if (status === 200) return showPerson(json.data.user);
  const pending = json.data?.flows?.find((flow) => flow.is_pending)?.id;
  if (pending === "mfa_authenticate") return show("code");
  return pending ? fail({ code: "more" }) : show("signed-out");
}

function showPerson(user) {
  show("signed-in");
  part("name").textContent = user.display;
}

// ── signing in ──

async function scan(provider) {
  show("scan");
  setState("ready");
  const life = new AbortController();
  stopScan = () => life.abort();
  const body = new URLSearchParams({ csrfmiddlewaretoken: csrfToken(), provider, callback_url: here });
  const options = { fetch: fetch.bind(window), timeout: PATIENCE, signal: life.signal };
  const { qr, problem } = await openQr(openUrl, body, options);
  if (life.signal.aborted) return;
  if (problem) return fail(problem);
  countDown(qr, life.signal);
  if (qr.kind === "open_platform") embed(qr, life.signal);
  else follow(qr, life.signal);
}

function countDown(qr, signal) {
  const left = countdown(qr.expires_in);
  const tick = () => {
    part("countdown").textContent = clockFace(left());
    // The site has the last word on its own code; WeChat's page has nobody else to say it.
    if (left() === 0 && qr.kind === "open_platform") fail({ code: "expired" });
  };
  const clock = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(clock));
  tick();
}

/** WeChat's page. It moves this window to the site's callback, which comes back here. */
function embed(qr, signal) {
  part("qr").closest(".wechat-panel").dataset.kind = qr.kind;
  const failed = () => fail({ code: "frame" });
  const on = { ready: () => {}, silent: () => {}, failed };
  const remove = showFrame(part("qr"), qr.frame_url, { title: frameTitle, patience: PATIENCE, on });
  signal.addEventListener("abort", remove);
}

/** The official account's code: ask how far it is, and sign in without leaving the page. */
function follow(qr, signal) {
  part("qr").closest(".wechat-panel").dataset.kind = qr.kind;
  const picture = drawing(qr.svg, pictureTitle);
  if (!picture) return fail({ code: "server" });
  fill(part("qr"), picture);
  const heard = {
    scanned: ({ digits }) => {
      part("digits").textContent = digits; // made at the scan; the phone shows the same
      setState("scanned");
    },
    confirmed: () => attempt(() => finish(qr)),
    thanked: () => scan(""),
    refused: () => fail({ code: "refused" }),
    expired: () => fail({ code: "expired" }),
    gone: () => fail({ code: "expired" }),
    failed: ({ problem }) => fail(problem),
  };
  const poll = new StatusPoll(qr.status_url, { fetch: fetch.bind(window), on: (event) => heard[event.type]?.(event) });
  const watch = () => (document.hidden ? poll.pause() : poll.resume());
  document.addEventListener("visibilitychange", watch);
  signal.addEventListener("abort", () => {
    document.removeEventListener("visibilitychange", watch);
    poll.stop();
  });
  watch();
}

async function finish(qr) {
  setState("finishing");
  const { json } = await ask("POST", qr.finish_url);
  if (json.error) return fail(json.error);
  const error = json.location && new URL(json.location, location.href).searchParams.get("error");
  return error ? fail({ code: error }) : showSession();
}

function setState(name) {
  root.querySelectorAll("[data-view=scan] > [data-state]").forEach((line) => (line.hidden = line.dataset.state !== name));
  part("qr").hidden = part("left").hidden = name !== "ready";
  part("digits").hidden = name !== "scanned";
  part("live").textContent = root.querySelector(`[data-view=scan] > [data-state=${name}]`).textContent;
}

async function sendCode(form) {
  const { status } = await ask("POST", `${headlessUrl}/auth/2fa/authenticate`, { code: form.elements.code.value });
  form.reset();
  return status === 200 ? showSession() : fail({ code: "code" });
}

async function signOut() {
  await ask("DELETE", `${headlessUrl}/auth/session`);
  // Django's own message of the sign-in, drawn when the page came, is no longer true.
  document.querySelector(".wechat-page-messages")?.remove();
  await showSession();
}

// ── what the visitor presses ──

/** Whatever goes wrong on the way ends in words. */
async function attempt(act) {
  try {
    await act();
  } catch (error) {
    fail({ code: error.name === "AbortError" ? "timeout" : "offline" });
  }
}

root.addEventListener("click", ({ target }) => {
  const button = target.closest("button");
  if (button?.dataset.scan !== undefined) attempt(() => scan(button.dataset.scan));
  else if (button?.matches("[data-back]")) attempt(showSession);
  else if (button?.matches("[data-sign-out]")) attempt(signOut);
});
root.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-view=code]")) {
    form.elements.csrfmiddlewaretoken.value = csrfToken();
    return;
  }
  event.preventDefault();
  attempt(() => sendCode(form));
});

/** A sign-in that failed elsewhere comes back with the reason in the address. */
const returned = new URLSearchParams(location.search).get("error");
history.replaceState(null, "", here);
if (returned) fail({ code: returned });
else attempt(showSession);
