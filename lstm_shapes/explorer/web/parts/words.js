// Sentences with code in them.

import { h } from "../dom.js";

/**
 * Words with code between backticks; a direction and a time in their colours.
 * @param {string} words
 */
export function spell(words) {
  return words.split(/(`[^`]*`|\bforward\b|\bbackward\b|\bt = [-\d→ ]*\d)/).map((part, i) => {
    if (i % 2 === 0) return part;
    if (part.startsWith("`")) return h("code", {}, part.slice(1, -1));
    return h("span", { class: part.startsWith("t") ? "ls-axis-seq" : `ls-word-${part}` }, part);
  });
}
