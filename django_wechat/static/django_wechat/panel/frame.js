/**
 * How is WeChat's own QR page shown inside ours?
 *
 * In a sandboxed iframe made here, so that no foreign script runs in the page. WeChat's page moves the whole
 * window to the callback once the person allowed the sign-in, which needs `allow-top-navigation`. Its messages
 * are only believed from this very frame and this very origin, and only to learn that the picture is there.
 */

import { fill } from "./safely.js";

const SANDBOX = "allow-scripts allow-same-origin allow-top-navigation";
const READY = new Set(["wxReady", "wxQRcodeReady"]);
const FRAME_DIRECTIVES = new Set(["frame-src", "child-src", "default-src"]);

/** The state id in the frame's address, which the site keeps when the code is refreshed. */
export function stateOf(frameUrl) {
  return new URL(frameUrl).searchParams.get("state") ?? "";
}

/** Does this message say that our frame is ready? */
export function saysReady(message, frameWindow, origin) {
  if (message.source !== frameWindow || message.origin !== origin) return false;
  try {
    const { type, status } = JSON.parse(message.data);
    return type === "status" && READY.has(status);
  } catch {
    return false;
  }
}

/** Put the frame into `box`; calls `on.ready`, `on.silent` or `on.failed`. Returns the function that removes it. */
export function showFrame(box, frameUrl, { title, patience, on }) {
  const frame = build(box.ownerDocument, frameUrl, title);
  const origin = new URL(frameUrl).origin;
  const heardBy = [];
  const listen = (target, type, act) => {
    target.addEventListener(type, act);
    heardBy.push(() => target.removeEventListener(type, act));
  };
  let heard = false;
  const late = setTimeout(on.failed, patience);
  let silent;
  const arrived = () => {
    clearTimeout(late);
    on.ready();
  };
  listen(window, "message", (message) => {
    if (!saysReady(message, frame.contentWindow, origin)) return;
    heard = true;
    clearTimeout(silent);
    arrived();
  });
  listen(frame, "load", () => {
    if (!heard) silent = setTimeout(on.silent, patience);
    arrived();
  });
  listen(document, "securitypolicyviolation", (event) => {
    if (!FRAME_DIRECTIVES.has(event.effectiveDirective) || !event.blockedURI.startsWith(origin)) return;
    clearTimeout(late);
    on.failed();
  });
  fill(box, frame);
  return () => {
    [late, silent].forEach(clearTimeout);
    heardBy.forEach((forget) => forget());
    frame.remove();
  };
}

function build(document, frameUrl, title) {
  const frame = document.createElement("iframe");
  frame.className = "wechat-frame";
  frame.title = title;
  frame.referrerPolicy = "strict-origin";
  frame.setAttribute("sandbox", SANDBOX);
  frame.src = frameUrl;
  return frame;
}
