/**
 * How does the browser ask the site for a new QR code, and what can the answer be?
 *
 * Always resolves: `{qr}` or `{problem: {code, message?, reference?}}`, never rejects and never hangs. The words for a
 * code stand in the page (`<template data-wechat-problem="code">`), a message comes translated from the site.
 */

const BY_STATUS = { 401: "session", 403: "session", 429: "throttled" };

/** Ask; give up after `timeout` ms. `signal` stops the question when a newer one is asked. */
export async function openQr(url, body, { fetch, timeout, signal }) {
  const control = new AbortController();
  const stop = () => control.abort();
  let late = false;
  const hourglass = setTimeout(() => {
    late = true;
    stop();
  }, timeout);
  signal.addEventListener("abort", stop);
  try {
    return await answer(await fetch(url, request(body, control.signal)));
  } catch {
    return { problem: { code: late ? "timeout" : "offline" } };
  } finally {
    clearTimeout(hourglass);
    signal.removeEventListener("abort", stop);
  }
}

function request(body, signal) {
  const headers = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };
  return { method: "POST", body, headers, signal, credentials: "same-origin", cache: "no-store" };
}

async function answer(response) {
  const json = await parse(response);
  if (json?.error?.message) return { problem: told(json.error) };
  if (response.ok && isQr(json)) return { qr: json };
  return { problem: { code: codeFor(response) } };
}

function told({ message, reference }) {
  return { code: "message", message: String(message), reference: String(reference ?? "") };
}

/** Null for anything but JSON; a connection that breaks off in the middle still rejects. */
async function parse(response) {
  const text = await response.text();
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function isQr(json) {
  return typeof json?.kind === "string" && json.expires_in > 0;
}

/** A redirect means that the site wants a sign-in first or moved on: the page is out of date. */
function codeFor(response) {
  return response.redirected ? "session" : (BY_STATUS[response.status] ?? "server");
}
