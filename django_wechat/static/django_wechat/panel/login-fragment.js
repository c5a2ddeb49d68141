/**
 * Where does `<wechat-login>` get its panel from, and what does it say until it has one?
 *
 * The panel's words come from the site; these are for the time before, in the page's own language.
 */

import { ask } from "./ask.js";

const WORDS = {
  en: {
    loading: "Loading WeChat sign-in…",
    failed: "WeChat sign-in did not load. Check your internet connection.",
    again: "Try again",
  },
  hans: {
    loading: "正在加载微信登录…",
    failed: "微信登录未能加载。请检查网络连接。",
    again: "重试",
  },
  hant: {
    loading: "正在載入微信登入…",
    failed: "微信登入未能載入。請檢查網路連線。",
    again: "重試",
  },
};

/** The words for a language tag: "zh-TW" → Traditional Chinese; anything unknown → English. */
export function wordsFor(language) {
  if (!/^zh\b/i.test(language)) return WORDS.en;
  return /hant|tw|hk|mo/i.test(language) ? WORDS.hant : WORDS.hans;
}

/** The panel's address, or null for one on another site: what it answers becomes part of this page. */
export function panelUrl({ url, process, next, provider }, page) {
  const { origin, searchParams } = new URL(page);
  const base = new URL((url || "/accounts/wechat/").replace(/\/*$/, "/"), page);
  if (base.origin !== origin) return null;
  const panel = new URL("panel/", base);
  const wish = (name, value) => value && panel.searchParams.set(name, value);
  wish("process", process);
  wish("next", next ?? searchParams.get("next"));
  wish("provider", provider ?? searchParams.get("provider"));
  return panel.href;
}

/** `{html, language}`, or null when no panel came. */
export async function fetchPanel(url, options) {
  const { response, json } = await ask(url, { method: "GET" }, options);
  return response?.ok && !response.redirected && typeof json?.html === "string" ? json : null;
}
