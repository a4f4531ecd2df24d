// What the names on the page mean: the labels of the controls, the symbols of the cards, and the words of a panel.

import { around, h } from "./dom.js";
import { spell } from "./parts/words.js";

/** @import { Child } from "./dom.js" */
/** @import { PageRecord } from "./records.js" */

/** @typedef {PageRecord["glossary"]} Glossary */

const ROW = ".ls-rail .ls-row";
const EXPLAINED = ".ls-symbols span, .ls-term";

let described = 0;

/**
 * The row of a control whose label is pointed at or whose field has the focus, or a symbol or word.
 * @param {Event} event
 */
export function termAt(event) {
  const label = event.type === "focusin" ? around(event, ROW) : around(event, `${ROW} label`)?.closest(ROW);
  return /** @type {HTMLElement | null} */ (label ?? around(event, EXPLAINED));
}

/**
 * The argument that a row sets.
 * @param {Element} row
 * @param {Glossary} glossary
 */
function argumentOf(row, glossary) {
  const names = [...row.classList].filter((name) => name !== "ls-row").map((name) => name.replace(/^ls-/, ""));
  return names.find((name) => Object.hasOwn(glossary, name));
}

/**
 * The lines of what stands there.
 * @param {Element} target
 * @param {Glossary} glossary
 * @returns {Child[]}
 */
export function termWords(target, glossary) {
  const names = target.matches(ROW) ? [argumentOf(target, glossary) ?? ""] : symbolsIn(target.textContent);
  return names
    .filter((name) => Object.hasOwn(glossary, name))
    .map((name) => h("p", {}, h("code", {}, name), ": ", spell(glossary[name])));
}

/**
 * The symbols in a product, like D·H_out.
 * @param {string} product
 */
function symbolsIn(product) {
  return product.split("·").map((part) => part.trim());
}

/**
 * The words that are explained beside a panel: at the pointer and the focus, and in the glossary by a click.
 * @param {string} heading
 * @param {readonly string[]} terms
 */
export function termsLine(heading, terms) {
  const words = terms.map((term) =>
    h("button", { type: "button", class: "ls-term", "aria-haspopup": "dialog", "data-term": term }, term),
  );
  return h("div", { class: "ls-terms", role: "group", "aria-label": heading }, heading, words);
}

/**
 * Let a screen reader say the line of each control.
 * @param {Element} app
 * @param {Element} lines where the lines are kept, out of the rows
 * @param {Glossary} glossary
 */
export function describeRows(app, lines, glossary) {
  for (const row of app.querySelectorAll(ROW)) {
    const name = argumentOf(row, glossary);
    if (!name) continue;
    let line = lines.querySelector(`[data-of="${name}"]`);
    if (!line) {
      const words = glossary[name].replaceAll("`", "");
      line = h("span", { "data-of": name, id: `ls-line-${described++}` }, words);
      lines.append(line);
    }
    for (const field of row.querySelectorAll("input, select, [role=slider], .widget-toggle-buttons")) {
      field.setAttribute("aria-describedby", line.id);
    }
  }
}
