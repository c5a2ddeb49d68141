/**
 * How does the browser ask the site for a new QR code, and what can the answer be?
 *
 * Always resolves: `{qr}` or `{problem: {code, message?, reference?, told?}}`, never rejects and never hangs. The words for a
 * code stand in the page (`<template data-wechat-problem="code">`), a message comes translated from the site.
 */

import { ask } from "./ask.js";

const BY_STATUS = { 401: "session", 403: "session", 429: "throttled" };

/** Ask; give up after `timeout` ms. `signal` stops the question when a newer one is asked. */
export async function openQr(url, body, options) {
  const { response, json, problem } = await ask(url, { method: "POST", body }, options);
  if (problem) return { problem };
  if (json?.error?.message) return { problem: told(json.error) };
  if (response.ok && isQr(json)) return { qr: json };
  return { problem: { code: codeFor(response) } };
}

/** A redirect means that the site wants a sign-in first or moved on: the page is out of date. */
export function codeFor(response) {
  return response.redirected ? "session" : (BY_STATUS[response.status] ?? "server");
}

function told({ code, message, reference }) {
  return { code: "message", message: String(message), reference: String(reference ?? ""), told: code };
}

function isQr(json) {
  return typeof json?.kind === "string" && json.expires_in > 0;
}
