/**
 * Is the QR code that this tab showed before still good? So a scan survives a reload.
 *
 * sessionStorage is this tab's alone. What is kept opens nothing without the browser's cookie, and the site says how
 * long it is good for, never the clock here.
 */

import { ask } from "./ask.js";
import { codeFor } from "./open-qr.js";
import { eventFor } from "./status-poll.js";

const OVER = new Set(["expired", "refused", "gone"]);

/** Pages share a kept code if they ask for the same: connecting never goes on with a sign-in. */
export function nameFor(url, fields) {
  const asked = new URLSearchParams(fields);
  asked.delete("csrfmiddlewaretoken");
  return `wechat ${url}?${asked}`;
}

/** Keep `qr` under a name, in place of the one before; a browser that forbids it keeps nothing. */
export function keep(name, qr, storage = () => sessionStorage) {
  try {
    storage().setItem(name, JSON.stringify(qr));
  } catch {
    // The next page starts with a new code.
  }
}

export function forget(name, storage = () => sessionStorage) {
  keep(name, null, storage);
}

/** What was kept under this name, or null. */
export function kept(name, storage = () => sessionStorage) {
  try {
    return JSON.parse(storage().getItem(name));
  } catch {
    return null;
  }
}

/** `{qr, event}` to go on with, `{problem}` if the site cannot be asked, or null: a new code is due. */
export async function resumeQr(qr, options) {
  if (typeof qr?.status_url !== "string") return null;
  const { response, json, problem } = await ask(qr.status_url, { method: "GET" }, options);
  if (problem) return { problem };
  if (response.status === 429) return { problem: { code: codeFor(response) } };
  const event = response.ok && !response.redirected ? eventFor(json) : null;
  if (!event || OVER.has(event.type)) return null;
  return { qr: { ...qr, expires_in: event.secondsLeft }, event };
}
