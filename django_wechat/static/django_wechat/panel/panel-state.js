/**
 * Which state does the QR panel go to next? (docs/architecture.md has the picture)
 *
 * Pure: `step(model, event)` returns the next model and touches nothing. A rise of `model.attempt` is the one order to
 * the outside: "open a QR code of `model.kind`", and if `model.resumes` the one shown before, should it still be good.
 * Events of an older attempt are dropped. A further state is a row in TABLE and a `data-wechat-in` in the template.
 */

export const START = Object.freeze({
  name: "idle",
  attempt: 0,
  kind: "", // the kind of code asked for; empty: the site's choice
  thanked: false, // the official account's code was scanned, the Open Platform's is the second step
  resumes: false, // the code that was shown before comes first: nobody asked for a new one
  renewed: false, // the one automatic renewal is spent
  visible: false,
  problem: null,
  notice: "", // what is wrong while the code lives on: somebody opened it another way than by scanning this screen
});

const load = (model, change) => ({
  ...model,
  resumes: false,
  ...change,
  name: "loading",
  attempt: model.attempt + 1,
  problem: null,
});
const to = (name) => (model) => ({ ...model, name });
const fail = (model, event) => ({ ...model, name: "error", problem: event.problem });
const note = (model, { notice = "" }) => (notice === model.notice ? model : { ...model, notice });
const renew = (model) =>
  model.visible && !model.renewed ? load(model, { renewed: true }) : { ...model, name: "expired" };
/** Somebody scanned it, or it is not ours any more: a new code only by hand. */
const end = (model) => ({ ...model, name: "expired", renewed: true });
const refresh = (model) => load(model, { renewed: false });
const resume = (model) => load(model, { renewed: false, resumes: true });
const resumeIfOffline = (model) => (model.problem?.code === "offline" ? resume(model) : model);
const turnTo = (model, event) => load(model, { kind: event.kind, thanked: false, renewed: false });
const thank = (model) => load(model, { kind: "open_platform", thanked: true, renewed: false });

const ON_THE_PHONE = { confirmed: to("done"), refused: to("refused"), thanked: thank, gone: end };
const BY_HAND = { refresh, switch: turnTo };

const TABLE = {
  idle: { show: resume, refresh: resume },
  // "returned": the browser let the question drop when it put the page aside.
  // "none": there is nothing to go on with, and nobody asked for anything new.
  loading: { ready: to("ready"), failed: fail, expired: renew, none: to("idle"), switch: turnTo, returned: resume },
  ready: {
    ...BY_HAND,
    ...ON_THE_PHONE,
    waiting: note,
    scanned: to("scanned"),
    failed: fail,
    expired: renew,
    gone: renew, // two first tabs at once: the browser kept the key of the other one
    leaving: to("done"),
  },
  scanned: { ...BY_HAND, ...ON_THE_PHONE, failed: fail, expired: end },
  refused: BY_HAND,
  expired: { ...BY_HAND, show: renew },
  error: { refresh: resume, switch: turnTo, online: resumeIfOffline, returned: resumeIfOffline },
  done: { failed: fail, returned: resume },
};

const VISIBILITY = { show: true, hide: false };

/** The model after `event`; the same object when the event means nothing in this state. "broken" has no state. */
export function step(model, event) {
  if (event.attempt !== undefined && event.attempt !== model.attempt) return model;
  const visible = VISIBILITY[event.type] ?? model.visible;
  const seen = visible === model.visible ? model : { ...model, visible };
  const move = event.type === "broken" ? fail : TABLE[model.name][event.type];
  if (!move) return seen;
  const next = move(seen, event);
  return next.name === seen.name ? next : { ...next, notice: "" };
}
