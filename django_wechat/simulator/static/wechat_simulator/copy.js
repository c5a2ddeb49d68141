// Every button with data-copy puts those words on the clipboard, and says so.
const { copied } = document.body.dataset;
const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds));

async function copy(event) {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  const words = [...button.childNodes];
  button.textContent = copied;
  await pause(1500);
  button.textContent = "";
  button.append(...words);
}

document.addEventListener("click", copy);
