/** What do the visitor and the browser do to the panel, and it to the page? */

export function listen(root, view, on) {
  view.part("refresh").addEventListener("click", () => on.refresh());
  view.part("switch")?.addEventListener("click", () => on.turn());
  root.querySelectorAll("[data-wechat-turn]").forEach((way) => {
    way.querySelector("button").addEventListener("click", () => on.turn(way.dataset.wechatTurn));
  });
  document.addEventListener("visibilitychange", () => on.see({ page: !document.hidden }));
  window.addEventListener("online", () => on.online());
  window.addEventListener("pageshow", (event) => event.persisted && on.comeBack());
  window.addEventListener("beforeunload", () => on.leave());
  ["pointerdown", "keydown"].forEach((type) => window.addEventListener(type, () => on.press(), { capture: true }));
  setInterval(() => on.tick(), 1000);
  new IntersectionObserver((entries) => on.see({ panel: entries[entries.length - 1].isIntersecting })).observe(root);
}

/** Not `location.reload()`: after a refused password that would ask to send the form again. */
export function reloadPage(root) {
  const url = new URL(location.href);
  const next = root.querySelector("input[name=next]");
  if (next) url.searchParams.set("next", next.value);
  const tab = root.closest("[data-wechat-tabpanel]");
  if (tab) url.searchParams.set("tab", tab.id);
  url.hash = "";
  location.replace(url);
}
