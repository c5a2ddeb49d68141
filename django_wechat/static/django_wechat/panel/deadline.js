/**
 * How long is this QR code still good for?
 *
 * Counts from the moment the answer came, so a wrong clock on this computer does not matter. The monotonic
 * clock stands still while some computers sleep, the wall clock may be set back: the larger one is believed.
 */

const DRIFT = 2; // seconds
const CLOCKS = { monotonic: () => performance.now(), wall: () => Date.now() };

/** A function that gives the whole seconds left, never below 0. */
export function countdown(seconds, clocks = CLOCKS) {
  const monotonic = clocks.monotonic();
  const wall = clocks.wall();
  return () => {
    const elapsed = Math.max(clocks.monotonic() - monotonic, clocks.wall() - wall);
    return Math.max(0, Math.ceil(seconds - elapsed / 1000));
  };
}

/** The countdown `left`, or a new one where the site's count is another one or the first. */
export function corrected(left, seconds) {
  const agrees = left && Math.abs(seconds - left()) <= DRIFT;
  return seconds > 0 && !agrees ? countdown(seconds) : left;
}

/** 272 → "4:32". */
export function clockFace(seconds) {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
