// The phone page: sends its forms without leaving the page, and redraws its regions when the simulator changes.
import { setClock, showAges } from "./ages.js";
import "./copy.js";
import { closePage, openPage } from "./web-view.js";

const { mount, present } = document.body.dataset;
const lost = document.querySelector(".lost");
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));
const TYPED = ".write input[name=text], input[data-typed]"; // what somebody writes outlives a new drawing
let pressed = null; // before Chromium 81 and Safari 15.4 no event says which button sent the form
let revision = document.body.dataset.revision;

async function redraw() {
  const response = await fetch(location.href, { headers: { Accept: "text/html" } });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  revision = page.body.dataset.revision;
  setClock(page.body.dataset.now);
  // Somebody else's phone has somebody else's pages.
  if (page.body.dataset.person !== document.body.dataset.person) closePage();
  document.body.dataset.person = page.body.dataset.person;
  for (const region of document.querySelectorAll("[data-region]")) {
    const fresh = page.querySelector(`[data-region="${region.dataset.region}"]`);
    if (fresh && fresh.innerHTML !== region.dataset.drawn) draw(region, fresh.innerHTML);
  }
  makeRoomForCode();
}

// Beside a site there is nothing but the phone: a new code is not to be hidden behind the page of the one before.
function makeRoomForCode() {
  if (document.querySelector("form.scan-now")) closePage();
}

function draw(region, html) {
  const focused = region.contains(document.activeElement) && indexOfFocus(region);
  const typed = region.querySelector(TYPED)?.value;
  const place = placeIn(region);
  region.innerHTML = html;
  region.dataset.drawn = html;
  if (place.screen === placeIn(region).screen) scrolled(region)?.scrollTo(0, place.top);
  const field = region.querySelector(TYPED);
  if (field && typed) field.value = typed;
  if (focused !== false) region.querySelectorAll("button, input")[focused]?.focus();
  showNewestMessage();
  showAges();
}

function scrolled(region) {
  return region.querySelector(".lists, .program");
}

function placeIn(region) {
  const part = scrolled(region);
  return { screen: part?.dataset.appid ?? part?.className, top: part?.scrollTop };
}

function showNewestMessage() {
  const log = document.querySelector(".chat-log");
  if (log) log.scrollTop = log.scrollHeight;
}

function indexOfFocus(region) {
  return [...region.querySelectorAll("button, input")].indexOf(document.activeElement);
}

async function watch() {
  for (;;) {
    try {
      const response = await fetch(`${mount}/phone/changes?since=${revision}${present ? "&present=on" : ""}`);
      await response.json();
      // Also when nobody did anything: codes run out, and pages are left.
      await redraw();
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
    openPage(form.elements.link.value);
    document.querySelector(".phone").scrollIntoView({ block: "nearest" });
    return;
  }
  const button = event.submitter ?? pressed;
  const action = button?.getAttribute("formaction") || form.getAttribute("action");
  const body = new URLSearchParams(new FormData(form));
  if (button?.name) body.append(button.name, button.value);
  if (form.matches("[data-clears]")) form.reset();
  button?.setAttribute("aria-busy", "true");
  await fetch(action, { method: "POST", body, redirect: "manual" });
  button?.removeAttribute("aria-busy");
  await redraw();
  // On a narrow page the codes stand above the phone, and what follows a scan is on the phone.
  if (form.matches(".qr-card, .program-links")) document.querySelector(".phone").scrollIntoView({ block: "nearest" });
  if (form.matches(".send-code")) document.querySelector(".site-answer")?.scrollIntoView({ block: "nearest" });
  if (button?.dataset.toast) showToast(button.dataset.toast);
}

function showToast(words) {
  const toast = document.querySelector(".toast");
  toast.textContent = words;
  toast.hidden = false;
  setTimeout(() => (toast.hidden = true), 2500);
}

function follow(event) {
  const link = event.target.closest("[data-web-view]");
  if (!link) return;
  event.preventDefault();
  openPage(link.dataset.webView);
}

for (const region of document.querySelectorAll("[data-region]")) region.dataset.drawn = region.innerHTML;
document.addEventListener("click", (event) => (pressed = event.target.closest("button")));
document.addEventListener("click", follow);
document.addEventListener("submit", submit);
document.querySelector("details:target")?.setAttribute("open", "");
setClock(document.body.dataset.now);
showAges();
showNewestMessage();
makeRoomForCode();
watch();
