/** What if something goes wrong that nobody thought of? The page shows a way on. */

/** The same function; what it throws, now or later, goes to `broken`. */
export function guard(act, broken) {
  return (...heard) => {
    try {
      const outcome = act(...heard);
      if (outcome instanceof Promise) outcome.catch(broken);
      return outcome;
    } catch (error) {
      broken(error);
    }
  };
}

export function report(error) {
  setTimeout(() => {
    throw error;
  });
}

/** One that fails does not keep the others from it. */
export function enhance(elements, act) {
  elements.forEach(guard((element) => act(element), report));
}

/** Its script is for phones alone: a PC never loads it. */
export function showPhoneLink(root) {
  import("./phone-link.js")
    .then(({ PhoneLink }) => new PhoneLink(root))
    .catch((error) => {
      report(error);
      asWithoutScript(root);
    });
}

/** Show what a browser without script shows. */
export function asWithoutScript(panel) {
  panel.removeAttribute("data-ready");
  panel.setAttribute("data-broken", "");
}

/** `replaceChildren` for browsers from before 2020. */
export function fill(box, ...nodes) {
  box.textContent = "";
  box.append(...nodes);
}
