/**
 * Where are the tokens, and how does a request get one?
 *
 * The access token is in memory. The refresh token is in sessionStorage, so that a reload signs nobody out. Not in
 * localStorage: each refresh token is good once, so that two tabs with the same one would sign each other out; and what
 * a foreign script could read there would still be there tomorrow.
 */

const KEY = "refresh";
let access = "";
let refreshing = null;

export const areThere = () => Boolean(access || sessionStorage.getItem(KEY));

export function keep(tokens) {
  access = tokens.access;
  if (tokens.refresh) sessionStorage.setItem(KEY, tokens.refresh);
}

export function forget() {
  access = "";
  sessionStorage.removeItem(KEY);
}

/** Seconds that the access token still counts, by this computer's clock. */
export function secondsLeft() {
  if (!access) return 0;
  const { exp } = JSON.parse(atob(access.split(".")[1].replaceAll("-", "+").replaceAll("_", "/")));
  return Math.max(0, Math.round(exp - Date.now() / 1000));
}

/** Get a new pair for the refresh token, which is used up by that; false if it is over. Never twice at once. */
export function refresh(ask) {
  refreshing ??= renew(ask).finally(() => (refreshing = null));
  return refreshing;
}

async function renew(ask) {
  const { status, json } = await ask("POST", "/api/token/refresh/", { refresh: sessionStorage.getItem(KEY) });
  if (status === 200) keep(json);
  else if (status < 500) forget();
  return status === 200;
}

/** Ask the API as who the token names; once more with a fresh one where it was over. */
export async function authorized(ask, method, url) {
  if (!access && !(await refresh(ask))) return { status: 401, json: {} };
  const answer = await ask(method, url, null, { Authorization: `Bearer ${access}` });
  if (answer.status !== 401 || !(await refresh(ask))) return answer;
  return ask(method, url, null, { Authorization: `Bearer ${access}` });
}

/** End the refresh token at the site, then forget both. */
export async function end(ask) {
  await ask("POST", "/api/sign-out/", { refresh: sessionStorage.getItem(KEY) });
  forget();
}
