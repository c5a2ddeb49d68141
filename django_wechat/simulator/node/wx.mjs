/**
 * How does a mini program's own code run in Node, against the simulator? It gets a `wx` from here.
 *
 *     globalThis.wx = createWx({ simulator: "http://127.0.0.1:8001", appid: "wx…", person: "zhangsan" });
 *
 * It has what signing in takes, and nothing else of WeChat's: what a program uses besides is laid over it,
 * `Object.assign(createWx({…}), {…})`. As in WeChat, no cookie is kept, the Referer is WeChat's, at most ten requests
 * are under way while others wait, `PATCH` is no method, and `uploadFile` brings back text, also where it is JSON.
 */
import { readFile } from "node:fs/promises";
import { basename } from "node:path";
import { command } from "./command.mjs";
import { launched } from "./launch.mjs";

export { command } from "./command.mjs";
export { openAddress, relaunch, scanCode } from "./launch.mjs";

const METHODS = ["OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE", "CONNECT"];
const LONGEST = 60_000;
const AT_ONCE = 10;
const FORM = "application/x-www-form-urlencoded";

/** What WeChat calls back with when it did not do it; `errno` is there where WeChat documents one. */
class Failed extends Error {
  constructor(words, errno) {
    super(words);
    this.errno = errno;
  }
}

/** Return the `detail` of the event of `<button open-type="getPhoneNumber">`; a refusal has no `code`. */
export async function tapPhoneNumber({ simulator, appid, person = "" }) {
  try {
    const { code } = await command(simulator, "tap_phone_number", { appid, person });
    return { code, errMsg: "getPhoneNumber:ok" };
  } catch (error) {
    const [, errno] = /errno (\d+)/.exec(error.message) ?? [];
    return { errMsg: `getPhoneNumber:fail ${error.message}`, ...(errno && { errno: Number(errno) }) };
  }
}

/** Call back as WeChat does: `success` or `fail`, then `complete`. */
function callBack(options, name, work) {
  return work.then(
    (result) => {
      const said = { ...result, errMsg: `${name}:ok` };
      options.success?.(said);
      options.complete?.(said);
      return said;
    },
    (error) => {
      const said = { errMsg: `${name}:fail ${error.message}` };
      if (error.errno !== undefined) said.errno = error.errno;
      options.fail?.(said);
      options.complete?.(said);
      return Promise.reject(said);
    },
  );
}

/** Return a promise, but nothing where one of the callbacks was given: so do those of WeChat that know promises. */
function promised(name, work) {
  return (options = {}) => {
    const done = callBack(options, name, work(options));
    if (!options.success && !options.fail && !options.complete) return done;
    done.catch(() => undefined);
    return undefined;
  };
}

/** Those of WeChat that know no promises. */
function calledBack(name, work) {
  const call = promised(name, work);
  return (options = {}) => call({ complete() {}, ...options });
}

/** Let `AT_ONCE` works run, and the others wait for their turn. */
function queue() {
  const waiting = [];
  let running = 0;
  return async (work) => {
    if (running >= AT_ONCE) await new Promise((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await work();
    } finally {
      // Whoever waits takes this place over.
      if (waiting.length) waiting.shift()();
      else running -= 1;
    }
  };
}

/** What goes over the wire, of `data`: a query, or a body. */
function packed(url, method, data, contentType) {
  if (data === undefined) return { url };
  const isPlain = typeof data === "string" || data instanceof ArrayBuffer;
  if (method === "GET" || method === "HEAD") {
    const query = isPlain ? data : new URLSearchParams(data);
    return { url: `${url}${url.includes("?") ? "&" : "?"}${query}` };
  }
  if (isPlain) return { url, body: data };
  return { url, body: contentType.startsWith(FORM) ? new URLSearchParams(data).toString() : JSON.stringify(data) };
}

/** Everything that `request` and `uploadFile` share: who asks, for how long, how many at once. */
function network({ appid, version, domains }) {
  const turn = queue();
  const referer = `https://servicewechat.com/${appid}/${version}/page-frame.html`;

  function headersOf(header, contentType) {
    const headers = new Headers(header);
    if (contentType) headers.set("Content-Type", contentType);
    headers.set("Referer", referer);
    return headers;
  }

  async function send(url, options, { timeout = LONGEST, broken }) {
    if (!URL.canParse(url)) throw new Failed(`invalid url "${url}"`);
    if (domains && !domains.includes(new URL(url).origin)) throw new Failed("url not in domain list", 600002);
    const clock = setTimeout(() => broken.abort(new Failed("timeout", 5)), Math.min(timeout, LONGEST));
    try {
      const answer = await fetch(url, { ...options, signal: broken.signal });
      return { answer, content: await answer.arrayBuffer() };
    } catch (error) {
      throw broken.signal.aborted ? broken.signal.reason : new Failed(error.cause?.message ?? error.message);
    } finally {
      clearTimeout(clock);
    }
  }

  /** Start `work` when it is its turn; return WeChat's task, which can be broken off. */
  return function task(name, options, work) {
    const broken = new AbortController();
    callBack(options, name, turn(() => work(options, { broken, send, headersOf }))).catch(() => undefined);
    return { abort: () => broken.abort(new Failed("abort")) };
  };
}

function text(content) {
  return new TextDecoder().decode(content);
}

function read(content, { dataType = "json", responseType = "text" }) {
  if (responseType === "arraybuffer") return content;
  if (dataType !== "json") return text(content);
  try {
    return JSON.parse(text(content));
  } catch {
    return text(content);
  }
}

async function ask(options, { broken, send, headersOf }) {
  const { url, data, header = {}, timeout, method = "GET" } = options;
  // In capitals, and PATCH is none of them.
  if (!METHODS.includes(method)) throw new Failed(`method "${method}": there are ${METHODS.join(", ")}`);
  const headers = headersOf(header, new Headers(header).get("Content-Type") ?? "application/json");
  const what = packed(url, method, data, headers.get("Content-Type"));
  const { answer, content } = await send(what.url, { method, headers, body: what.body }, { timeout, broken });
  const told = { statusCode: answer.status, header: Object.fromEntries(answer.headers) };
  return { data: read(content, options), ...told, cookies: answer.headers.getSetCookie() };
}

async function upload(options, { broken, send, headersOf }) {
  const { url, filePath, name, header = {}, formData = {}, timeout } = options;
  const form = new FormData();
  for (const [key, value] of Object.entries(formData)) form.append(key, value);
  const content = await readFile(filePath).catch(() => {
    throw new Failed(`file doesn't exist "${filePath}"`);
  });
  form.append(name, new Blob([content]), basename(filePath));
  const headers = headersOf(header);
  // Its boundary is made while it is sent.
  headers.delete("Content-Type");
  const sent = await send(url, { method: "POST", headers, body: form }, { timeout, broken });
  return { data: text(sent.content), statusCode: sent.answer.status };
}

/** The phone's memory for this program: what is not there is "", and what is there is a copy. */
function memory(kept) {
  return {
    getStorageSync: (key) => (kept.has(key) ? structuredClone(kept.get(key)) : ""),
    setStorageSync: (key, data) => void kept.set(key, structuredClone(data)),
    removeStorageSync: (key) => void kept.delete(key),
    clearStorageSync: () => void kept.clear(),
  };
}

/** What is only to be seen on the phone: `seen(name, options)` is told of it. */
const SEEN = ["showToast", "hideToast", "showLoading", "hideLoading", "setNavigationBarTitle"];
const GOES = ["navigateTo", "redirectTo", "navigateBack", "reLaunch", "switchTab"];

/**
 * Return a `wx` on the phone of `person` ("": whoever holds the simulator's phone).
 *
 * `simulator`: where it is served, its own address or "…/simulator" of a site. `storage`: a Map, for a program that is
 * opened again. `domains`: the request 合法域名, as origins; without them every address is let through. `seen(name,
 * options)`: told what shows on the screen or opens a page. `confirms`: what is tapped in a `showModal`. `privacy`: what
 * `getPrivacySetting` says. `launch`: the options that it was opened with (`scanCode`), else from WeChat's list.
 */
export function createWx({
  simulator,
  appid,
  person = "",
  language = "zh_CN",
  version = "devtools",
  domains,
  storage = new Map(),
  seen = () => undefined,
  confirms = true,
  launch,
  privacy = { needAuthorization: false, privacyContractName: "" },
}) {
  const task = network({ appid, version, domains });
  let hasCode = false;

  async function login() {
    const { code } = await command(simulator, "wx_login", { appid, person }).catch((error) => {
      throw new Failed(error.message);
    });
    hasCode = true;
    return { code };
  }
  async function checkSession() {
    if (!hasCode) throw new Failed("session time out, need relogin");
  }
  const shows = (name, result = {}) => promised(name, async (options) => (seen(name, options), result));
  const screen = [...SEEN, ...GOES].map((name) => [name, shows(name)]);

  return {
    login: promised("login", login),
    checkSession: promised("checkSession", checkSession),
    request: (options) => task("request", options, ask),
    uploadFile: (options) => task("uploadFile", options, upload),
    ...memory(storage),
    ...launched(launch),
    ...Object.fromEntries(screen),
    showModal: shows("showModal", { confirm: confirms, cancel: !confirms }),
    getPrivacySetting: calledBack("getPrivacySetting", async () => privacy),
    openPrivacyContract: calledBack("openPrivacyContract", async (options) => seen("openPrivacyContract", options)),
    getAppBaseInfo: () => ({ language }),
    getSystemInfoSync: () => ({ language }),
    getAccountInfoSync: () => ({ miniProgram: { appId: appid, envVersion: "develop", version: "" } }),
  };
}
