/** How does an admin make a secret up, see it while typing, and copy it before it is stored for good? */

import { enhanceCopy } from "../panel/copy.js";

const LETTERS_AND_DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/** The 43rd character carries four bits: these have no others, so strict decoders take the key (reference 5.7). */
const LAST_OF_KEY = "AEIMQUYcgkosw048";

const MADE = {
  token: (draw) => draw(LETTERS_AND_DIGITS, 32),
  aes_key: (draw) => draw(LETTERS_AND_DIGITS, 42) + draw(LAST_OF_KEY, 1),
};

/** `length` random characters of `alphabet`, each as likely as any other. */
export function draw(alphabet, length, random = (bytes) => crypto.getRandomValues(bytes)) {
  const fair = 256 - (256 % alphabet.length);
  let text = "";
  while (text.length < length) {
    const [byte] = random(new Uint8Array(1));
    if (byte < fair) text += alphabet[byte % alphabet.length];
  }
  return text;
}

/** A new value of one kind: "token" or "aes_key". */
export function make(kind, drawn = draw) {
  return MADE[kind](drawn);
}

export function enhanceSecret(root) {
  const input = root.querySelector("input");
  const part = (name) => root.querySelector(`[data-part=${name}]`);
  const said = root.querySelector("[role=status]");
  const reveal = (visible) => {
    input.type = visible ? "text" : "password";
    part("show").textContent = visible ? root.dataset.hide : root.dataset.show;
  };
  const follow = () => {
    part("show").hidden = !input.value;
    if (part("copy")) part("copy").hidden = !input.value;
    if (!input.value) said.textContent = "";
  };
  part("show").addEventListener("click", () => reveal(input.type === "password"));
  input.addEventListener("input", follow);
  follow();
  if (!root.dataset.wechatSecret) return;
  enhanceCopy(root, { button: part("copy"), onFocus: false });
  follow();
  part("generate").hidden = false;
  part("generate").addEventListener("click", () => {
    input.value = make(root.dataset.wechatSecret);
    reveal(true);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    said.textContent = root.dataset.generated;
  });
}
