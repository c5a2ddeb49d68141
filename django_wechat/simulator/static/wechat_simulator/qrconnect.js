// The script of WeChat's QR page: long poll through <script> elements, with the real page's codes and timings.
const box = document.querySelector(".impowerBox");
const { mount, redirectUri, state, selfRedirect } = box.dataset;
const isFramed = window.top !== window.self;
const POLL_TIMEOUT = 30000;
let uuid = box.dataset.uuid;

function tellParent(status) {
  if (isFramed) window.parent.postMessage(JSON.stringify({ type: "status", status }), "*");
}

function show(code) {
  box.dataset.status = String(code);
}

function poll(last) {
  const asked = uuid;
  const script = document.createElement("script");
  const query = new URLSearchParams({ uuid: asked });
  if (last) query.set("last", String(last));
  query.set("_", String(Date.now()));
  let timer = 0;
  const finish = (code, wxCode) => {
    clearTimeout(timer);
    script.onload = script.onerror = null;
    script.remove();
    if (asked === uuid) next(code, wxCode);
  };
  script.onload = () => finish(window.wx_errcode, window.wx_code);
  script.onerror = () => finish(402);
  timer = setTimeout(() => finish(402), POLL_TIMEOUT);
  window.wx_errcode = window.wx_code = undefined;
  script.src = `${mount}/lp/connect/l/qrconnect?${query}`;
  document.head.append(script);
}

function next(code, wxCode) {
  if (code === 405) return redirect(wxCode);
  if (code === 500) return void setTimeout(() => location.reload(), 200);
  if (code === 408) return void setTimeout(() => poll(), 2000);
  if ([402, 403, 404].includes(code)) show(code);
  if (code === 404) setTimeout(() => poll(404), 100);
  if (code === 403) setTimeout(() => poll(403), 2000);
  if (code !== 408) closePhone(code);
}

function redirect(code) {
  // Plain string concatenation, as on the real page: with a #fragment the code never reaches the server.
  const url = `${redirectUri}${redirectUri.includes("?") ? "&" : "?"}code=${code}&state=${state}`;
  if (!isFramed) {
    window.location = url;
  } else if (selfRedirect === "true") {
    try {
      window.location = url;
    } catch {
      window.top.location = url;
    }
  } else {
    // "default" stays in the frame only for hosts of qq.com; for everybody else it is "false".
    window.top.location = url;
  }
}

async function refresh() {
  leave();
  const separator = location.search ? "&" : "?";
  const answer = await fetch(`${location.pathname}${location.search}${separator}f=xml&${Date.now()}`);
  uuid = new DOMParser().parseFromString(await answer.text(), "text/xml").querySelector("uuid").textContent;
  document.querySelector(".js_qrcode_img").src = `${mount}/open/connect/qrcode/${uuid}`;
  document.querySelector(".qr-link").href = `${mount}/open/connect/confirm?uuid=${uuid}`;
  show(408);
  poll();
}

// --- not WeChat's: a click on the code takes the pretend phone out of the pocket ---

function openPhone(event) {
  event.preventDefault();
  if ("phoneBeside" in box.dataset) {
    navigator.sendBeacon(`${mount}/control/scan`, JSON.stringify({ uuid }));
    return;
  }
  const url = document.querySelector(".qr-link").href;
  // A sandboxed frame may not open windows, so there the phone slides up inside the page.
  if (!isFramed && window.open(url, "wechat-phone", "popup,width=400,height=720")) return;
  closePhone();
  const phone = document.createElement("iframe");
  phone.className = "pocket-phone";
  phone.title = "WeChat";
  phone.src = url;
  document.body.append(phone);
}

function closePhone(code) {
  if (code === 404) return;
  document.querySelector(".pocket-phone")?.remove();
}

document.querySelector(".qr-link").addEventListener("click", openPhone);
document.querySelector(".js_refresh").addEventListener("click", refresh);

// The phone's list need not wait until nobody has polled for long. Whoever comes back to the page polls again.
function leave() {
  navigator.sendBeacon(`${mount}/control/close`, JSON.stringify({ uuid }));
}

window.addEventListener("pagehide", leave);

const image = document.querySelector(".js_qrcode_img");
function ready() {
  tellParent("wxQRcodeReady");
  setTimeout(() => poll(), 100);
}
if (image.complete) ready();
else image.addEventListener("load", ready, { once: true });

const readyTimer = setTimeout(() => tellParent("wxReady"), 1000);
window.addEventListener("load", () => {
  clearTimeout(readyTimer);
  tellParent("wxReady");
});
