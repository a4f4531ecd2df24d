// Silent bugs: small models, broken and repaired, each with what explain says of it.

import { h } from "../dom.js";
import { note } from "../parts/note.js";

/** @import { ExplainChoice, ExplainLine, ExplainPanel } from "../records.js" */

/**
 * Buttons of which one is chosen.
 * @param {string} name of the choice
 * @param {string} label
 * @param {readonly ExplainChoice[]} choices
 */
function choicesOf(name, label, choices) {
  return h(
    "div",
    { class: "ls-explain-choices", role: "group", "aria-label": label },
    choices.map(({ value, words, chosen }) =>
      h(
        "button",
        {
          type: "button",
          class: "ls-choice",
          "data-choice": name,
          "data-value": value,
          "aria-pressed": String(chosen),
        },
        words,
      ),
    ),
  );
}

/** @param {ExplainLine} line */
function lineOf({ text, mark }) {
  const style = { "-": "ls-explain-wrong", "+": "ls-explain-right" }[mark] ?? "";
  return h("span", { class: style }, `${mark || " "} ${text}\n`);
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
export function explainPanel(record) {
  const { own_code: code } = record;
  return h(
    "div",
    {},
    note(record.about),
    note(record.without),
    choicesOf("bug", record.bugs_title, record.bugs),
    record.title ? h("header", {}, h("h3", {}, record.title)) : null,
    note(record.seen),
    record.title ? choicesOf("version", record.versions_title, record.versions) : null,
    record.lines.length
      ? h(
          "pre",
          { class: "ls-program ls-explain-code", tabindex: "0", "aria-label": record.code_title },
          record.lines.map(lineOf),
        )
      : null,
    record.report ? h("h3", {}, record.report_title) : null,
    record.report ? reportOf(record.report) : null,
    h(
      "section",
      { class: "ls-explain-own" },
      h("h3", {}, record.own_title),
      note(record.own_about),
      h("pre", { class: "ls-program", tabindex: "0", "aria-label": record.own_title }, code),
      h("button", { type: "button", class: "ls-button", "data-copy": code }, record.copy),
      h("span", { class: "ls-shared", role: "status" }),
    ),
  );
}
