// What a colour means.

import { h } from "../dom.js";

/**
 * A patch in a colour, and its meaning.
 * @param {string} band
 * @param {string} words
 */
export function legend(band, words) {
  return h("span", { class: `ls-legend ls-${band}` }, words);
}
