/**
 * How is the picture of a mini program's code put into the page?
 *
 * WeChat draws it; our own site serves it, to this browser alone. An address on any other site is not taken.
 */

/** The picture to put into the page, or null for an address that is not a path of this site. */
export function image(path, title) {
  if (!path.startsWith("/") || new URL(path, location.href).origin !== location.origin) return null;
  const picture = document.createElement("img");
  picture.className = "wechat-picture";
  picture.alt = title;
  picture.src = path;
  return picture;
}

/** Whether it can be seen: at once for a drawing; a picture has `patience` ms to load. */
export function isThere(picture, patience) {
  if (picture.localName !== "img") return Promise.resolve(true);
  return new Promise((resolve) => {
    const late = setTimeout(() => resolve(false), patience);
    const end = (there) => () => {
      clearTimeout(late);
      resolve(there);
    };
    picture.addEventListener("load", end(true));
    picture.addEventListener("error", end(false));
  });
}
