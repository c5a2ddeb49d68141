/**
 * How does the provider's form help while it is filled in? It shows what belongs to SubType and Enable QR code, makes
 * secrets up, and keeps "What to paste at WeChat" in step with what is typed.
 *
 * Without this script every field is there and typed by hand. Nothing leaves the page before Save.
 */

import { enhanceCopy } from "../panel/copy.js";
import { enhanceSecret } from "./secret.js";

/** Which fields make sense; `state` is {web, qr, media, account}. Fields that are not named here always do. */
export function sense(state) {
  const second = state.web || state.account;
  return {
    client_id_2: second,
    client_secret_2: second,
    enable_qr_code: state.web,
    follow_up_action: state.web && state.qr,
    confirm_on_phone: state.web && state.qr && state.media,
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
}

function arrange(form, field) {
  const web = field("sub_type").value === "web";
  const state = {
    web,
    qr: field("enable_qr_code").checked,
    media: field("follow_up_action").value === "media",
    account: Boolean(field("client_id_2").value.trim()),
  };
  for (const [name, sensible] of Object.entries(sense(state))) {
    const row = form.querySelector(`.form-row.field-${name}`);
    row.hidden = !shown(sensible, { filled: filled(row, field(name)), wrong: Boolean(row.querySelector(".errorlist")) });
  }
  form.querySelectorAll("fieldset.module").forEach((set) => {
    const rows = [...set.querySelectorAll(":scope > .form-row")];
    if (rows.length) set.hidden = rows.every((row) => row.hidden);
  });
  form.querySelectorAll("[data-wechat-when]").forEach((part) => {
    part.hidden = part.dataset.wechatWhen !== (web ? "web" : "mobile");
  });
}

/** Choices always hold something; boxes that are ticked by default say nothing either. */
function filled(row, input) {
  if (input.type === "checkbox") return input.name === "enable_qr_code" && input.checked;
  return input.tagName === "INPUT" && Boolean(input.value.trim() || row.querySelector(".wechat-stored"));
}

/** Put what is typed where it is copied from. A secret that is stored is not known here, and stays out. */
function mirror(panel, field) {
  const name = field("name").value.trim();
  const key = field("encoding_aes_key").value.trim();
  const { beforeName, afterName, safeMode, plainMode } = panel.dataset;
  const stored = Boolean(field("encoding_aes_key").closest(".wechat-secret").querySelector(".wechat-stored"));
  const cleared = field("encoding_aes_key-clear")?.checked;
  put(panel, "events_url", name && `${beforeName}${name}${afterName}`);
  put(panel, "token", field("access_token").value.trim());
  put(panel, "aes_key", key);
  put(panel, "mode", key || (stored && !cleared) ? safeMode : plainMode);
}

function put(panel, part, value) {
  const box = panel.querySelector(`[data-wechat-part=${part}]`);
  if (!box) return;
  box.hidden = !value;
  const input = box.querySelector("input");
  if (input.value !== value) box.querySelector("[role=status]").textContent = "";
  input.value = value;
}

if (globalThis.document) {
  document.querySelectorAll("[data-wechat-secret]").forEach(enhanceSecret);
  document.querySelectorAll("[data-wechat-provider] [data-wechat-copy]").forEach(enhanceCopy);
  document.querySelectorAll("[data-wechat-provider]").forEach(enhanceProvider);
}
