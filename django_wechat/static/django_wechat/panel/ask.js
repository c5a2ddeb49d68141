/**
 * How does the browser ask the site something without ever hanging?
 *
 * Always resolves: `{response, json}` (json is null for anything but JSON), or `{problem: {code}}` when no whole answer
 * came: "timeout" after `timeout` ms, else "offline"; "server" where the browser cannot ask. `signal` stops the question.
 */

const HEADERS = { Accept: "application/json", "X-Requested-With": "XMLHttpRequest" };

export async function ask(url, request, options) {
  try {
    return await answerTo(url, request, options);
  } catch {
    return { problem: { code: "server" } };
  }
}

async function answerTo(url, request, { fetch, timeout, signal }) {
  const control = new AbortController();
  const stop = () => control.abort();
  let late = false;
  const hourglass = setTimeout(() => {
    late = true;
    stop();
  }, timeout);
  signal.addEventListener("abort", stop);
  try {
    const response = await fetch(url, {
      headers: HEADERS,
      credentials: "same-origin",
      cache: "no-store",
      ...request,
      signal: control.signal,
    });
    return { response, json: parse(await response.text()) };
  } catch {
    return { problem: { code: late ? "timeout" : "offline" } };
  } finally {
    clearTimeout(hourglass);
    signal.removeEventListener("abort", stop);
  }
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
