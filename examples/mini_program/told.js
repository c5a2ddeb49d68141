// What is somebody told of a refusal? The site's own words where it has some; ours where something is pending.
const { words } = require("./words");

/** The flows that have to be gone through first: allauth's answer marks them, more_asked lists them. */
function pending({ data, flows = data?.flows ?? [] }) {
  const ids = flows.map((flow) => (typeof flow === "string" ? flow : flow.is_pending ? flow.id : ""));
  return ids.filter(Boolean);
}

/**
 * Words for an answer of the site; "" for a yes.
 * @param {{ statusCode: number, data: any }} answer
 * @returns {string}
 */
function told({ statusCode, data }) {
  const t = words();
  if (statusCode === 200) return "";
  const [flow] = pending(data);
  if (flow) return t.pending[/** @type {keyof typeof t.pending} */ (flow)] ?? t.pending.other;
  if (data?.meta?.is_authenticated) return t.pending.reauthenticate;
  // Ours, or allauth's about a form.
  return data?.error?.message ?? data?.errors?.[0]?.message ?? t.other;
}

module.exports = { told };
