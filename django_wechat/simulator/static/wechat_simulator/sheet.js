// The phone's consent sheet. Sends by fetch, because the frame of a sandboxed QR page may not submit forms.
const form = document.querySelector(".sheet-form");

async function answer(event) {
  const button = event.target.closest("button[name=act]");
  if (!button) return;
  event.preventDefault();
  const values = new URLSearchParams(new FormData(form));
  values.set("act", button.value);
  const response = await fetch(form.action, { method: "POST", body: values });
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  document.body.replaceWith(page.body);
  if (window.opener) setTimeout(() => window.close(), 1200);
}

form?.addEventListener("click", answer);
