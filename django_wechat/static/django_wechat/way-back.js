/**
 * Where does somebody end who was on the way to `/app/#/orders` when asked to sign in?
 *
 * No server sees what follows the `#`, and a browser carries it along over redirects: it stands in the login page's own
 * address then. Here it is put back to where it came from, unless it means something in this page.
 */

const OF_WECHAT = "#wechat_redirect"; // WeChat's own, left over from a sign-in before

/** What follows the way back in the address of a page, or "". */
export function fragmentOf({ hash }, page) {
  const isPlace = hash === "" || hash === OF_WECHAT || page.getElementById(hash.slice(1));
  return isPlace ? "" : hash;
}

/** The way back with a fragment; one that has its own keeps it. */
export function withFragment(next, fragment) {
  return next && !next.includes("#") ? next + fragment : next;
}

/** A form that begins a sign-in goes back to the fragment, too. */
export function keepFragment(form, fragment = fragmentOf(location, document)) {
  if (!fragment) return;
  const field = form.querySelector("input[name=next]");
  if (field) field.value = withFragment(field.value, fragment);
  form.setAttribute("action", inAddress(form.getAttribute("action"), fragment));
}

/** An address of a page that takes `next`, with the fragment in it. */
export function inAddress(address, fragment) {
  const url = new URL(address, location.href);
  const next = url.searchParams.get("next");
  if (next) url.searchParams.set("next", withFragment(next, fragment));
  return url.href;
}
