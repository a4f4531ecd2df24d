// Evaluated statements.

import { h } from "../dom.js";

/** @import { ClaimRecord } from "../records.js" */

/**
 * An evaluated statement; one that should hold and does not is no quiet matter.
 * @param {"li" | "div"} tag
 * @param {ClaimRecord} record
 */
export function claim(tag, { id, statement, holds, reason, mistake }) {
  const wrong = !holds && !mistake;
  const sign = holds ? { class: "ls-yes", "aria-label": "holds" } : { class: "ls-no", "aria-label": "does not hold" };
  return h(
    tag,
    { class: wrong && "ls-wrong", role: wrong && "alert", "data-claim": id, "data-holds": String(holds) },
    h("span", { ...sign, role: "img" }, holds ? "✓" : "✗"),
    h("div", {}, h("code", {}, statement), h("p", { class: "ls-note" }, reason)),
  );
}
