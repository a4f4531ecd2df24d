// Evaluated statements: each with its sign, its code and its reason.

import { h } from "../dom.js";
import { note } from "./note.js";

/** @import { ClaimRecord } from "../records.js" */

/**
 * An evaluated statement; one that should hold and does not is no quiet matter.
 * @param {"li" | "div"} tag
 * @param {ClaimRecord} record
 */
export function claim(tag, { id, statement, holds, sign, reason, mistake }) {
  const wrong = !holds && !mistake;
  return h(
    tag,
    { class: wrong && "ls-wrong", role: wrong && "alert", "data-claim": id, "data-holds": String(holds) },
    h("span", { class: holds ? "ls-yes" : "ls-no", role: "img", "aria-label": sign }, holds ? "✓" : "✗"),
    h("div", {}, h("code", {}, statement), note(reason)),
  );
}

/**
 * Several of them.
 * @param {readonly ClaimRecord[]} claims
 */
export function claimList(claims) {
  return h(
    "ul",
    { class: "ls-claims" },
    claims.map((each) => claim("li", each)),
  );
}
