// A note: what is said beside, or why there is nothing to be shown.

import { h } from "../dom.js";
import { spell } from "./words.js";

/**
 * A paragraph of its own; nothing where there is nothing to say.
 * @param {string} text
 */
export function note(text) {
  return text ? h("p", { class: "ls-note" }, spell(text)) : null;
}
