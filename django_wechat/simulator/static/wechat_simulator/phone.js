// The phone page: sends its forms without leaving the page, and redraws its regions when the simulator changes.
const { mount, copied } = document.body.dataset;
const lost = document.querySelector(".lost");
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
let revision = document.body.dataset.revision;

async function redraw() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  revision = page.body.dataset.revision;
  for (const region of document.querySelectorAll("[data-region]")) {
    const fresh = page.querySelector(`[data-region="${region.dataset.region}"]`);
    if (fresh && fresh.innerHTML !== region.dataset.drawn) draw(region, fresh.innerHTML);
  }
}

function draw(region, html) {
  const focused = region.contains(document.activeElement) && indexOfFocus(region);
  region.innerHTML = html;
  region.dataset.drawn = html;
  if (focused !== false) region.querySelectorAll("button, input")[focused]?.focus();
}

function indexOfFocus(region) {
  return [...region.querySelectorAll("button, input")].indexOf(document.activeElement);
}

async function watch() {
  for (;;) {
    try {
      const response = await fetch(`${mount}/phone/changes?since=${revision}`);
      const news = await response.json();
      if (String(news.revision) !== revision) await redraw();
      lost.hidden = true;
    } catch {
      lost.hidden = false;
      await pause(2000);
    }
  }
}

async function submit(event) {
  const form = event.target;
  event.preventDefault();
  if (form.matches("[data-open-link]")) {
    window.open(form.elements.link.value, "wechat-inside", "popup,width=400,height=720");
    return;
  }
  const button = event.submitter;
  const action = button?.getAttribute("formaction") || form.getAttribute("action");
  await fetch(action, { method: "POST", body: new URLSearchParams(new FormData(form, button)), redirect: "manual" });
  await redraw();
  if (button?.dataset.toast) showToast(button.dataset.toast);
}

function showToast(words) {
  const toast = document.querySelector(".toast");
  toast.textContent = words;
  toast.hidden = false;
  setTimeout(() => (toast.hidden = true), 2500);
}

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = button.textContent;
  button.textContent = copied;
  await pause(1500);
  button.textContent = words;
}

for (const region of document.querySelectorAll("[data-region]")) region.dataset.drawn = region.innerHTML;
document.addEventListener("submit", submit);
document.addEventListener("click", copy);
watch();
