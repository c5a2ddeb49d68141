/**
 * How was a program opened, and how is it opened again? By the phone of the simulator, with WeChat's launch options.
 *
 *     const launch = await scanCode({ simulator, scene: "…", way: "camera" });
 *     const wx = createWx({ simulator, appid, launch });
 *     relaunch(wx, await scanCode({ simulator, scene: "…", way: "album" }));
 */
import { command } from "./command.mjs";

/** From WeChat's own list of programs. */
const FROM_THE_LIST = { path: "", query: {}, scene: 1001 };

/** By `onAppShow` of each `wx`, for whoever lays functions over it in a copy. */
const entrances = new WeakMap();

/** Return what a `wx` tells its program of the way in. */
export function launched(options = FROM_THE_LIST) {
  const heard = new Set();
  let entered = options;
  const onAppShow = (callback) => void heard.add(callback);
  entrances.set(onAppShow, (again) => {
    entered = again;
    for (const callback of heard) callback(structuredClone(again));
  });
  return {
    getLaunchOptionsSync: () => structuredClone(options),
    getEnterOptionsSync: () => structuredClone(entered),
    onAppShow,
    offAppShow: (callback) => void (callback ? heard.delete(callback) : heard.clear()),
  };
}

/** Open a running program again: the enter options change, and whoever listens by `onAppShow` hears of it. */
export function relaunch(wx, options) {
  entrances.get(wx.onAppShow)(options);
}

async function opened(simulator, name, values) {
  const { path, query, scene } = await command(simulator, name, values);
  return { path, query, scene };
}

/**
 * Open a round code on the phone, found by `scene`, by `picture` (base64) or by the picture's `url`; the newest without.
 * `way`: camera, album, long_press, forwarded, trial. Return the launch options.
 */
export function scanCode({ simulator, ...values }) {
  return opened(simulator, "scan_mini_program_code", values);
}

/**
 * Open a URL Link, a Scheme, or an ordinary QR code that a rule is about. `way` of links: browser, forwarded; of codes:
 * camera, album, long_press. Return the launch options.
 */
export function openAddress({ simulator, ...values }) {
  return opened(simulator, "open_address", values);
}
