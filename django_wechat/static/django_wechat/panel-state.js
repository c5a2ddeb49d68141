/**
 * Which state does the QR panel go to next?
 *
 * Pure: `step(model, event)` returns the next model and touches nothing. A rise of `model.attempt` is the
 * one order to the outside: "open a new QR code". Events of an older attempt are dropped.
 *
 *   idle ──show──▶ loading ──ready──▶ ready ──expired──▶ loading (once, if seen) ──▶ … ──▶ expired
 *                     └──failed──▶ error                 └──leaving──▶ done
 *
 * A further state (scanned, refused) is one row in TABLE and one element with `data-wechat-in` in the template.
 */

export const START = Object.freeze({
  name: "idle",
  attempt: 0,
  renewed: false, // the one automatic renewal is spent
  visible: false,
  problem: null,
});

const load = (model, change) => ({
  ...model,
  ...change,
  name: "loading",
  attempt: model.attempt + 1,
  problem: null,
});
const to = (name) => (model) => ({ ...model, name });
const fail = (model, event) => ({ ...model, name: "error", problem: event.problem });
const renew = (model) =>
  model.visible && !model.renewed ? load(model, { renewed: true }) : { ...model, name: "expired" };
const refresh = (model) => load(model, { renewed: false });
const refreshIfOffline = (model) => (model.problem?.code === "offline" ? refresh(model) : model);

const TABLE = {
  idle: { show: (model) => load(model, {}), refresh },
  loading: { ready: to("ready"), failed: fail, expired: renew },
  ready: { refresh, failed: fail, expired: renew, leaving: to("done") },
  expired: { refresh, show: renew },
  error: { refresh, online: refreshIfOffline },
  done: { failed: fail, returned: refresh },
};

const VISIBILITY = { show: true, hide: false };

/** The model after `event`; the same object when the event means nothing in this state. */
export function step(model, event) {
  if (event.attempt !== undefined && event.attempt !== model.attempt) return model;
  const visible = VISIBILITY[event.type] ?? model.visible;
  const seen = visible === model.visible ? model : { ...model, visible };
  const move = TABLE[model.name][event.type];
  return move ? move(seen, event) : seen;
}
