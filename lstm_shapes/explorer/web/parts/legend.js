// What a colour means.

import { h } from "../dom.js";

/**
 * A direction's colour, and its name beside it.
 * @param {string} band
 * @param {string} words
 */
export function legend(band, words) {
  return h("span", { class: `ls-legend ls-${band}` }, words);
}
