/**
 * How is a QR code that the site drew put into the page?
 *
 * The SVG comes as text from our own server. It is still read as a document of its own first, and only taken over
 * when it holds nothing but shapes: no script, no event handler, no link, no style.
 */

const SVG = "http://www.w3.org/2000/svg";
const SHAPES = new Set(["svg", "g", "path", "rect", "title", "desc"]);
const FORBIDDEN = /^on|^style$|href$/i;

/** Is this element, with all that it holds, a drawing and nothing else? */
export function isDrawing(element) {
  return (
    element.namespaceURI === SVG &&
    SHAPES.has(element.localName) &&
    [...element.attributes].every(({ name }) => !FORBIDDEN.test(name)) &&
    [...element.children].every(isDrawing)
  );
}

/** The picture to put into the page, or null for anything that is not just a drawing. */
export function drawing(source, title) {
  const named = source.includes("xmlns=") ? source : source.replace("<svg", `<svg xmlns="${SVG}"`);
  const root = new DOMParser().parseFromString(named, "image/svg+xml").documentElement;
  if (root.localName !== "svg" || !isDrawing(root)) return null;
  const picture = document.importNode(root, true);
  // A picture of a fixed size fills ours only when it knows its own.
  if (!picture.hasAttribute("viewBox"))
    picture.setAttribute("viewBox", `0 0 ${picture.width.baseVal.value} ${picture.height.baseVal.value}`);
  picture.setAttribute("class", "wechat-picture");
  picture.setAttribute("role", "img");
  picture.setAttribute("aria-label", title);
  return picture;
}
