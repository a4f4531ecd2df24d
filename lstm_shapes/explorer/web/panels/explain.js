// Silent bugs: small models, broken and repaired, each with what explain says of it.

import { h } from "../dom.js";
import { choice } from "../parts/fields.js";
import { note } from "../parts/note.js";

/** @import { Child } from "../dom.js" */
/** @import { ExplainChoice, ExplainLine, ExplainPanel } from "../records.js" */

/**
 * Buttons of which one is chosen.
 * @param {string} name of the choice
 * @param {string} label
 * @param {readonly ExplainChoice[]} choices
 */
function choicesOf(name, label, choices) {
  const buttons = choices.map(({ value, words, chosen }) => choice(name, value, chosen, words));
  return h("div", { class: "ls-choices ls-explain-choices", role: "group", "aria-label": label }, buttons);
}

/** @param {ExplainLine} line */
function lineOf({ number, mark, text }) {
  const style = { "-": "ls-explain-wrong", "+": "ls-explain-right" }[mark] ?? "";
  return h(
    "span",
    { class: `ls-explain-line ${style}` },
    h("span", { class: "ls-explain-number", "aria-hidden": "true" }, number),
    h("span", {}, mark),
    h("span", { class: "ls-explain-text" }, text),
  );
}

/**
 * A program, with a button that copies it.
 * @param {string} title
 * @param {Child} shown
 * @param {string} code
 * @param {string} copy
 */
function programOf(title, shown, code, copy) {
  return [
    h("pre", { class: "ls-program ls-explain-code", tabindex: "0", "aria-label": title }, shown),
    h("button", { type: "button", class: "ls-button", "data-copy": code }, copy),
    h("span", { class: "ls-shared", role: "status" }),
  ];
}

/**
 * A report is drawn by Python, as it is in a notebook, with all that it shows escaped there.
 * @param {string} html
 */
function reportOf(html) {
  const box = h("div", { class: "ls-explain-report", "data-report": "" });
  box.innerHTML = html;
  return box;
}

/** @param {ExplainPanel} record */
function exampleOf(record) {
  return h(
    "section",
    { class: "ls-explain-part" },
    h("h3", {}, record.title),
    h("p", { class: "ls-explain-seen" }, record.seen),
    choicesOf("version", record.versions_title, record.versions),
    programOf(record.code_title, record.lines.map(lineOf), record.code, record.copy),
    h("h3", {}, record.report_title),
    reportOf(record.report),
  );
}

/** @param {ExplainPanel} record */
export function explainPanel(record) {
  return h(
    "div",
    {},
    note(record.about),
    note(record.without),
    choicesOf("bug", record.bugs_title, record.bugs),
    record.title ? exampleOf(record) : null,
    h(
      "section",
      { class: "ls-explain-part" },
      h("h3", {}, record.own_title),
      note(record.own_about),
      programOf(record.own_title, record.own_code, record.own_code, record.copy),
    ),
  );
}
