// What the usual vectors, and one's own, have read; and the head that fits the chosen one.

import { h } from "../dom.js";
import { sampleField } from "../parts/fields.js";
import { note } from "../parts/note.js";
import { tuple } from "../parts/shape.js";
import { classifierOf } from "./classifier.js";
import { shapeOf, vectorOf } from "./reading.js";

/** @import { HeadRecord, LinearRecord, OwnField, VectorsPanel } from "../records.js" */

/**
 * The layer, and the code of a module that has it.
 * @param {HeadRecord} head
 * @param {LinearRecord} linear
 */
function headBody({ code, reading }, linear) {
  const scores = h("span", { "data-head-shape": linear.shape }, tuple(linear.sizes, linear.axes, "ls-sizes"));
  const sign = h("span", { class: reading.sound ? "ls-yes" : "ls-no" }, reading.sound ? "✓ " : "✗ ");
  return h(
    "div",
    { class: "ls-head-body" },
    h(
      "div",
      {},
      h("code", { class: "ls-code" }, code),
      h("p", {}, shapeOf(reading)),
      h(
        "p",
        {},
        h("code", { class: "ls-layer", "data-in-features": linear.in_features }, linear.layer),
        ` ${linear.makes} `,
        scores,
      ),
      h("p", {}, sign, reading.verdict),
    ),
    h(
      "div",
      {},
      h("pre", { class: "ls-program", tabindex: "0", "aria-label": linear.program_name }, linear.program),
      h("button", { type: "button", class: "ls-button", "data-copy": linear.program }, linear.copy),
      h("span", { class: "ls-shared", role: "status" }),
    ),
  );
}

/** @param {HeadRecord} head */
function headOf(head) {
  if (!head.linear) return note(head.without);
  return h(
    "section",
    { class: "ls-head", "aria-label": head.title },
    h("h3", {}, head.title),
    note(head.about),
    headBody(head, head.linear),
  );
}

/** @param {OwnField} field */
function ownField({ label, name, value, longest, button, about, grammar }) {
  return h(
    "form",
    { class: "ls-own" },
    h(
      "label",
      {},
      `${label} `,
      h("input", {
        type: "text",
        class: "ls-own-input",
        value,
        spellcheck: "false",
        autocomplete: "off",
        maxlength: longest,
        "aria-label": name,
      }),
    ),
    h("button", { type: "submit", class: "ls-button" }, button),
    grammar ? h("details", {}, h("summary", { class: "ls-note" }, about), note(grammar)) : null,
  );
}

/**
 * The steps' numbers above the squares.
 * @param {VectorsPanel} record
 */
function times({ candidates, steps, steps_title }) {
  const halves = candidates[0]?.reading?.halves;
  if (!halves) return null;
  const row = () =>
    h(
      "div",
      { class: "ls-read" },
      steps.map((step) => h("span", { class: "ls-step" }, step)),
    );
  return h(
    "li",
    { class: "ls-vector ls-times", "aria-hidden": "true" },
    h("span", { class: "ls-step" }, steps_title),
    h(
      "div",
      { class: "ls-halves" },
      halves.map(() => h("div", { class: "ls-half" }, row())),
    ),
  );
}

/** @param {VectorsPanel} record */
export function vectorsPanel(record) {
  const { title, hint, sample_field, field, without, chosen, steps, candidates, own, head, classifier } = record;
  return h(
    "div",
    {},
    h("header", {}, h("h3", {}, title), h("span", { class: "ls-note ls-hint" }, hint), sampleField(sample_field)),
    ownField(field),
    note(without),
    h(
      "ul",
      { class: "ls-vectors", style: `--steps: ${steps.length}` },
      times(record),
      own ? vectorOf(own, true) : null,
      candidates.map((each) => vectorOf(each, each.code === chosen)),
    ),
    head ? headOf(head) : null,
    classifier ? classifierOf(classifier) : null,
  );
}
