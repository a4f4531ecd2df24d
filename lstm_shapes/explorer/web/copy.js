// Text that is taken away by hand.

import { h } from "./dom.js";

/**
 * What is said of it.
 * @typedef {object} CopyWords
 * @property {string} copied
 * @property {string} by_hand
 * @property {string} to_copy
 */

const SHOWN = 4000; // milliseconds that it is said that text was copied

/** @type {WeakMap<Element, number>} */
const ending = new WeakMap();

/**
 * Put text where Ctrl+V finds it; where a page may not, show it to be copied by hand.
 * @param {string} text
 * @param {Element} said
 * @param {CopyWords} words
 * @param {string} [more] what else there is to say of it
 */
export async function copy(text, said, words, more = "") {
  clearTimeout(ending.get(said));
  said.replaceChildren();
  try {
    await navigator.clipboard.writeText(text);
    said.replaceChildren(more ? `${words.copied}. ${more}` : words.copied);
    // What takes longer to read stays for longer.
    ending.set(
      said,
      setTimeout(() => said.replaceChildren(), more ? 2 * SHOWN : SHOWN),
    );
  } catch {
    const field = h("textarea", { readonly: "", rows: "2", "aria-label": words.to_copy }, text);
    said.replaceChildren(words.by_hand, field);
    field.select();
  }
}
