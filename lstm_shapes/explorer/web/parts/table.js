// Tables.

import { h } from "../dom.js";

/**
 * A table that may be wider than its place; one of words is stacked where it is narrow.
 * @param {string[]} heads
 * @param {HTMLElement[]} rows
 * @param {boolean} ofWords
 */
export function table(heads, rows, ofWords = false) {
  const titles = heads.map((name) => h("th", { scope: "col" }, name));
  const head = h("thead", {}, h("tr", {}, titles));
  const drawn = h("table", { class: ofWords ? "ls-table ls-of-words" : "ls-table" }, head, h("tbody", {}, rows));
  return h("div", { class: "ls-scroll" }, drawn);
}
