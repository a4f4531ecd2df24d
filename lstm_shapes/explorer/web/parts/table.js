// Tables.

import { h } from "../dom.js";

/**
 * A table that may be wider than its place; one of words is stacked where it is narrow.
 * @param {readonly string[]} heads
 * @param {readonly Node[]} rows
 * @param {boolean} [ofWords]
 */
export function table(heads, rows, ofWords = false) {
  const head = h(
    "thead",
    {},
    h(
      "tr",
      {},
      heads.map((name) => h("th", { scope: "col" }, name)),
    ),
  );
  return h(
    "div",
    { class: "ls-scroll" },
    h("table", { class: ofWords ? "ls-table ls-of-words" : "ls-table" }, head, h("tbody", {}, rows)),
  );
}
