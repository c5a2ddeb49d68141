/**
 * How does a QR code end in tokens? Told by `on`: code, scanned, finishing, tokens, again, problem.
 *
 * The manners (how often to ask, what to believe) are in modules that the package serves.
 */

import { clockFace, countdown } from "/static/django_wechat/panel/deadline.js";
import { showFrame } from "/static/django_wechat/panel/frame.js";
import { openQr } from "/static/django_wechat/panel/open-qr.js";
import { StatusPoll } from "/static/django_wechat/panel/status-poll.js";
import { drawing } from "/static/django_wechat/panel/svg-code.js";

const PATIENCE = 10_000; // milliseconds, for an answer of the site

/** Open a code of a provider in `box`. Returns the function that ends it. */
export function scan(provider, { box, ask, fetch, csrfToken, titles, on }) {
  const life = new AbortController();
  const qrOf = { box, ask, fetch, titles, on, signal: life.signal };
  open(provider, qrOf, csrfToken).catch(() => life.signal.aborted || on.problem({ code: "offline" }));
  return () => life.abort();
}

async function open(provider, qrOf, csrfToken) {
  const { fetch, signal, on } = qrOf;
  // `callback_url` is where WeChat's own page leads back to: this page, with a code in the fragment.
  const body = new URLSearchParams({ csrfmiddlewaretoken: csrfToken, provider, callback_url: location.pathname });
  const { qr, problem } = await openQr("/accounts/wechat/qr/", body, { fetch, timeout: PATIENCE, signal });
  if (signal.aborted) return;
  if (problem) return on.problem(problem);
  countDown(qr, qrOf);
  if (qr.kind === "open_platform") embed(qr, qrOf);
  else follow(qr, qrOf);
}

function countDown(qr, { signal, on }) {
  const left = countdown(qr.expires_in);
  const tick = () => {
    on.left(clockFace(left()));
    // The site has the last word on its own code; WeChat's page has nobody else to say it.
    if (left() === 0 && qr.kind === "open_platform") on.problem({ code: "expired" });
  };
  const clock = setInterval(tick, 1000);
  signal.addEventListener("abort", () => clearInterval(clock));
  tick();
}

/** WeChat's page moves this window to the site's callback, which comes back with a code for tokens. */
function embed(qr, { box, titles, signal, on }) {
  const failed = () => on.problem({ code: "offline" });
  const told = { ready: () => {}, silent: () => {}, failed };
  signal.addEventListener("abort", showFrame(box, qr.frame_url, { title: titles.frame, patience: PATIENCE, on: told }));
  on.code();
}

/** The official account's code: ask how far it is, then finish in JSON, which brings the tokens. */
function follow(qr, { box, ask, fetch, titles, signal, on }) {
  const picture = drawing(qr.svg, titles.picture);
  if (!picture) return on.problem({ code: "server" });
  box.replaceChildren(picture);
  on.code();
  const heard = {
    scanned: ({ digits }) => on.scanned(digits),
    confirmed: () => finish(qr, ask, on).catch(() => on.problem({ code: "offline" })),
    thanked: () => on.again(),
    refused: () => on.problem({ code: "refused" }),
    expired: () => on.problem({ code: "expired" }),
    gone: () => on.problem({ code: "expired" }),
    failed: ({ problem }) => on.problem(problem),
  };
  const poll = new StatusPoll(qr.status_url, { fetch, on: (event) => heard[event.type]?.(event) });
  const watch = () => (document.hidden ? poll.pause() : poll.resume());
  document.addEventListener("visibilitychange", watch);
  signal.addEventListener("abort", () => {
    document.removeEventListener("visibilitychange", watch);
    poll.stop();
  });
  watch();
}

async function finish(qr, ask, on) {
  on.finishing();
  const { json } = await ask("POST", qr.finish_url);
  if (json.tokens) return on.tokens(json.tokens);
  const reason = json.location && new URL(json.location, location.href).searchParams.get("error");
  on.problem(json.error ?? { code: reason ?? "more" });
}

/** Change the code in the fragment of the way back into tokens: `{tokens}`, `{problem}`, or nothing where is none. */
export async function comeBack(ask) {
  const code = new URLSearchParams(location.hash.slice(1)).get("wechat_code");
  const reason = new URLSearchParams(location.search).get("error");
  // Out of the address bar and the history, whatever comes of it.
  if (code || reason) history.replaceState(null, "", location.pathname);
  if (reason) return { problem: { code: reason } };
  if (!code) return {};
  const { status, json } = await ask("POST", "/accounts/wechat/tokens/", { code });
  return status === 200 ? { tokens: json } : { problem: json.error ?? { code: "server" } };
}
