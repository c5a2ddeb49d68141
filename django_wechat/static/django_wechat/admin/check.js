/**
 * How do fresh findings come onto the page? Asked for when something changed, and by Check now, without leaving it.
 *
 * Without this script Check now is a form that comes back to the page, and Save and check waits for WeChat.
 */

import { enhanceCopy } from "../panel/copy.js";

export function enhanceCheck(section) {
  const form = section.querySelector("form");
  enhanceFindings(section);
  if (!form) return;
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    check(section, form);
  });
  if ("wechatStale" in section.dataset) check(section, form);
}

/** The answer is the page of the check alone, which has the same list. */
async function check(section, form) {
  const said = section.querySelector("[role=status]");
  const button = form.querySelector("button");
  const body = new FormData(form);
  body.delete("_wechat_back");
  said.textContent = section.dataset.asking;
  button.disabled = true;
  try {
    const answer = await fetch(form.action, { method: "POST", body });
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector("[data-wechat-findings]");
    section.querySelector("[data-wechat-findings]").replaceWith(fresh);
    enhanceFindings(section);
    document.querySelector("[data-wechat-until-checked]")?.remove();
    said.textContent = section.dataset.asked;
  } catch {
    said.textContent = section.dataset.failed;
  }
  button.disabled = false;
}

function enhanceFindings(section) {
  section.querySelectorAll("[data-wechat-copy]").forEach((box) => enhanceCopy(box));
  section.querySelectorAll("[data-wechat-to]").forEach((link) => {
    link.addEventListener("click", () => lead(document.getElementById(link.dataset.wechatTo)));
  });
}

/** Open whatever folds the field away. */
function lead(field) {
  for (let part = field?.closest("details"); part; part = part.parentElement.closest("details")) part.open = true;
  field?.focus();
}
