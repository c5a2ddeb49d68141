// WeChat's own browser on the phone: what a link in a chat opens, until it is closed or the phone changes hands.
const { mount } = document.body.dataset;
const KEPT = "wechat-simulator-page"; // beside a site the phone is loaded anew with each of the site's pages
const view = document.querySelector(".web-view");
const frame = view.querySelector("iframe");
let opener = null;

export function openPage(url) {
  opener = document.activeElement;
  sessionStorage.setItem(KEPT, JSON.stringify({ url, person: document.body.dataset.person }));
  show(url);
  view.querySelector(".web-close").focus();
}

export function closePage() {
  sessionStorage.removeItem(KEPT);
  if (view.hidden) return;
  view.hidden = true;
  frame.removeAttribute("src");
  if (opener?.isConnected) opener.focus();
}

function show(url) {
  view.hidden = false;
  name("", url);
  frame.src = `${mount}/phone/browser?url=${encodeURIComponent(url)}`;
}

function name(title, url) {
  const { host } = new URL(url);
  view.querySelector(".web-title").textContent = title || host;
  view.querySelector(".web-host").textContent = title ? host : "";
}

function loaded() {
  const page = frame.contentDocument;
  const base = page?.querySelector("base");
  if (base) name(page.title.trim(), base.href);
}

function reopen() {
  const kept = JSON.parse(sessionStorage.getItem(KEPT) ?? "null");
  if (kept?.person === document.body.dataset.person) show(kept.url);
}

frame.addEventListener("load", loaded);
view.querySelector(".web-close").addEventListener("click", closePage);
reopen();
