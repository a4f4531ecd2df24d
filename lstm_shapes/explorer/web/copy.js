// Text that is taken away by hand.

import { h } from "./dom.js";

/**
 * What is said of it.
 * @typedef {object} CopyWords
 * @property {string} copied
 * @property {string} by_hand
 * @property {string} to_copy
 */

/**
 * Put text where Ctrl+V finds it; where a page may not, show it to be copied by hand.
 * @param {string} text
 * @param {Element} said
 * @param {CopyWords} words
 */
export async function copy(text, said, words) {
  try {
    await navigator.clipboard.writeText(text);
    said.replaceChildren(words.copied);
  } catch {
    const field = h("textarea", { readonly: "", rows: "2", "aria-label": words.to_copy }, text);
    said.replaceChildren(words.by_hand, field);
    field.select();
  }
}
