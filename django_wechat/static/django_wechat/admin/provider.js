/**
 * How does the provider's form help while it is filled in? It shows what belongs to SubType and Enable QR code, makes
 * secrets up, and keeps what to paste at WeChat in step with what is typed.
 *
 * Without this script every field is there and typed by hand. Nothing leaves the page before Save.
 */

import { enhanceCopy } from "../panel/copy.js";
import { enhanceCheck } from "./check.js";
import { enhanceSecret } from "./secret.js";

/** Which fields make sense; `state` is {web, program, qr, media, account}. Fields that are not named here always do. */
export function sense(state) {
  const second = state.web || state.account;
  const programCode = state.program && state.qr;
  return {
    client_id_2: second,
    client_secret_2: second,
    enable_qr_code: state.web || state.program,
    follow_up_action: state.web && state.qr,
    confirm_on_phone: state.web && state.qr && state.media,
    mini_program_page: programCode,
    mini_program_version: programCode,
    strict_entry: programCode,
    access_token: second,
    encoding_aes_key: second,
  };
}

/** What to show: all that makes sense, and whatever holds a value or an error, so that nothing acts unseen. */
export function shown(sensible, { filled, wrong }) {
  return sensible || filled || wrong;
}

export function enhanceProvider(panel) {
  const form = panel.closest("form");
  const field = (name) => form.elements.namedItem(name);
  if (!field("sub_type")) return;
  const follow = () => {
    arrange(form, field);
    mirror(panel, field);
  };
  form.addEventListener("input", follow);
  form.addEventListener("change", follow);
  follow();
  checkLater(form);
}

/** The page that follows asks WeChat by itself: saving does not wait for it. */
function checkLater(form) {
  const later = document.createElement("input");
  Object.assign(later, { type: "hidden", name: "_wechat_later", value: "1" });
  form.append(later);
}

function arrange(form, field) {
  const subType = field("sub_type").value;
  const web = subType === "web";
  const state = {
    web,
    program: subType === "mini_program",
    qr: Boolean(field("enable_qr_code")?.checked),
    media: field("follow_up_action")?.value === "media",
    account: Boolean(field("client_id_2")?.value.trim()),
  };
  for (const [name, sensible] of Object.entries(sense(state))) {
    const row = form.querySelector(`.form-row.field-${name}`);
    if (!row || !field(name)) continue;
    row.hidden = !shown(sensible, { filled: filled(row, field(name)), wrong: Boolean(row.querySelector(".errorlist")) });
  }
  form.querySelectorAll(".wechat-card, fieldset.module").forEach((set) => {
    const rows = [...set.querySelectorAll(".form-row")].filter((row) => !row.closest(".inline-group"));
    if (rows.length) set.hidden = rows.every((row) => row.hidden);
  });
  form.querySelectorAll("[data-wechat-when]").forEach((part) => {
    part.hidden = !part.dataset.wechatWhen.split(" ").includes(subType);
  });
  placeFiles(form, web ? "second" : "first");
}

/** The files that WeChat asks for belong to the official account, whichever card has it. */
function placeFiles(form, card) {
  const files = form.querySelector("#verification_files-group");
  const place = form.querySelector(`[data-wechat-card=${card}] [data-wechat-files]`);
  if (files?.closest("[data-wechat-files]") && place && !place.contains(files)) place.append(files);
}

/** Choices and the program's page always hold something; boxes that are ticked by default say nothing either. */
function filled(row, input) {
  if (input.name === "mini_program_page") return false;
  if (input.type === "checkbox") return input.name === "enable_qr_code" && input.checked;
  return input.tagName === "INPUT" && Boolean(input.value.trim() || row.querySelector(".wechat-stored"));
}

/** Put what is typed where it is copied from. A secret that is stored is known only right after it was saved. */
function mirror(panel, field) {
  const typed = (name) => field(name)?.value.trim() ?? "";
  const { beforeName, afterName, safeMode, plainMode } = panel.dataset;
  const stored = Boolean(field("encoding_aes_key")?.closest(".wechat-secret")?.querySelector(".wechat-stored"));
  const cleared = field("encoding_aes_key-clear")?.checked;
  put(panel, "events_url", typed("name") && `${beforeName}${typed("name")}${afterName}`);
  put(panel, "token", typed("access_token"), { saved: true });
  put(panel, "aes_key", typed("encoding_aes_key"), { saved: !cleared });
  put(panel, "mode", typed("encoding_aes_key") || (stored && !cleared) ? safeMode : plainMode);
}

function put(panel, part, typed, { saved = false } = {}) {
  const box = panel.querySelector(`[data-wechat-part=${part}]`);
  if (!box) return;
  const input = box.querySelector("input");
  const value = typed || (saved ? input.defaultValue : "");
  box.hidden = !value;
  if (input.value !== value) box.querySelector("[role=status]").textContent = "";
  input.value = value;
}

if (globalThis.document) {
  document.querySelectorAll("[data-wechat-secret]").forEach(enhanceSecret);
  document.querySelectorAll("[data-wechat-provider] [data-wechat-copy]").forEach((box) => enhanceCopy(box));
  document.querySelectorAll("[data-wechat-provider]").forEach(enhanceProvider);
  document.querySelectorAll("[data-wechat-check]").forEach(enhanceCheck);
}
