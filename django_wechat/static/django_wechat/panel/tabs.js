/**
 * How do the links above the sign-in panels become tabs?
 *
 * After the WAI-ARIA tabs pattern: one tab in the Tab order, arrows, Home and End move between them. Without
 * this script they are links to the panels below. A tab opens by `#its-panel` or `?tab=its-panel`.
 */

/** The index that a key moves to, or null for a key that is not ours. */
export function target(key, index, count, rightToLeft = false) {
  const forward = rightToLeft ? -1 : 1;
  const moves = {
    ArrowRight: (index + forward + count) % count,
    ArrowLeft: (index - forward + count) % count,
    Home: 0,
    End: count - 1,
  };
  return moves[key] ?? null;
}

/** The panel id that the address asks for, or null. */
export function asked(address, ids) {
  const url = new URL(address);
  return [url.hash.slice(1), url.searchParams.get("tab")].find((id) => ids.includes(id)) ?? null;
}

export function enhanceTabs(root) {
  const list = root.querySelector("[data-wechat-tablist]");
  const tabs = [...list.querySelectorAll("a")];
  const panels = tabs.map((tab) => document.getElementById(tab.hash.slice(1)));
  const ids = panels.map((panel) => panel.id);

  const select = (chosen) =>
    tabs.forEach((tab, index) => {
      tab.setAttribute("aria-selected", String(index === chosen));
      tab.tabIndex = index === chosen ? 0 : -1;
      panels[index].hidden = index !== chosen;
    });
  const openAsked = () => {
    const id = asked(location.href, ids);
    if (id !== null) select(ids.indexOf(id));
  };

  describe(list, tabs, panels);
  list.addEventListener("click", (event) => {
    const index = tabs.indexOf(event.target.closest("a"));
    if (index < 0) return;
    event.preventDefault();
    select(index);
  });
  list.addEventListener("keydown", (event) => {
    const index = tabs.indexOf(event.target.closest("a"));
    const chosen = keyTarget(event, index, tabs.length, list);
    if (chosen === null) return;
    event.preventDefault();
    select(chosen);
    tabs[chosen].focus();
  });
  window.addEventListener("hashchange", openAsked);
  select(Math.max(0, tabs.findIndex((tab) => tab.hasAttribute("data-wechat-selected"))));
  if (!root.hasAttribute("data-wechat-keep")) openAsked();
  root.setAttribute("data-ready", "");
}

function keyTarget(event, index, count, list) {
  if (index < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return null;
  if (event.key === " ") return index;
  return target(event.key, index, count, getComputedStyle(list).direction === "rtl");
}

function describe(list, tabs, panels) {
  list.setAttribute("role", "tablist");
  tabs.forEach((tab, index) => {
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panels[index].id);
    panels[index].setAttribute("role", "tabpanel");
    panels[index].setAttribute("aria-labelledby", tab.id);
  });
}
