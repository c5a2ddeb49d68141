// How long ago was each code shown? Counts on while nothing else changes.
const words = new Intl.RelativeTimeFormat(document.documentElement.lang, { numeric: "auto" });
let ahead = 0; // of this machine's clock: seconds by which the simulator's is

export function setClock(now) {
  ahead = Number(now) - Date.now() / 1000;
}

export function showAges() {
  const now = Date.now() / 1000 + ahead;
  for (const time of document.querySelectorAll("[data-opened]")) {
    const seconds = Math.max(0, Math.round(now - Number(time.dataset.opened)));
    const age = seconds < 60 ? words.format(-seconds, "second") : words.format(-Math.floor(seconds / 60), "minute");
    // Not a new node: that would be read out.
    if (time.firstChild.data !== age) time.firstChild.data = age;
  }
}

setInterval(showAges, 1000);
