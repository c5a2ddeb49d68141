/**
 * How does the gallery draw one state of the WeChat tab?
 *
 * With the tab's own view and model; only what would come from the site, from WeChat and from time is made up.
 */

import { clockFace } from "../django_wechat/panel/deadline.js";
import { START } from "../django_wechat/panel/panel-state.js";
import { PanelView } from "../django_wechat/panel/panel-view.js";
import { image } from "../django_wechat/panel/picture.js";
import { fill } from "../django_wechat/panel/safely.js";
import { drawing } from "../django_wechat/panel/svg-code.js";

const SECONDS_LEFT = 272;
const WITH_CODE = ["ready", "expired"];

const shown = JSON.parse(document.getElementById("gallery-shown").textContent);
const root = document.querySelector("[data-wechat-panel], [data-wechat-phone-link]");
const onPhone = "wechatPhoneLink" in root.dataset;
const view = new PanelView(root);

function words() {
  const { problem: code, message, reference, told } = shown;
  return code ? { code, message, reference, told } : null;
}

function frame() {
  const page = document.createElement("iframe");
  page.className = "wechat-frame";
  page.title = root.dataset.frameTitle;
  page.src = document.getElementById("gallery-frame").content.textContent;
  return page;
}

function code(kind) {
  if (kind === "open_platform") return frame();
  if (kind === "mini_program") return image(document.getElementById("gallery-image").content.textContent, root.dataset.imageTitle);
  const source = document.getElementById("gallery-picture").innerHTML;
  return drawing(source, root.dataset.pictureTitle);
}

const kind = shown.thanked ? "open_platform" : root.dataset.kind;
view.draw({ ...START, name: shown.name, thanked: shown.thanked, problem: words(), notice: shown.notice }, kind);
if (onPhone) view.part("link").href = "https://example.com/";
else if (WITH_CODE.includes(shown.name)) fill(view.part("qr"), code(kind));
if (shown.name === "scanned" && !onPhone) view.part("digits").textContent = shown.digits;
if (!onPhone) view.part("countdown").textContent = clockFace(SECONDS_LEFT);
view.part("hint").hidden = !shown.hint;
document.body.classList.toggle("gallery-late", shown.late);
root.setAttribute("data-ready", "");
