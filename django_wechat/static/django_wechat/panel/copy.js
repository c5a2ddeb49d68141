/** How does somebody copy a value with one press? */

export function enhanceCopy(root, { button = root.querySelector("button"), onFocus = true } = {}) {
  const field = root.querySelector("input");
  const said = root.querySelector("[role=status]");
  button.hidden = false;
  if (onFocus) field.addEventListener("focus", () => field.select());
  button.addEventListener("click", async () => {
    const done = await copy(field);
    said.textContent = done ? root.dataset.copied : root.dataset.byHand;
  });
}

/** The clipboard is refused outside https and in some web-views: select the text and try the old way. */
async function copy(field) {
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    field.focus();
    field.select();
    return document.execCommand("copy");
  }
}
