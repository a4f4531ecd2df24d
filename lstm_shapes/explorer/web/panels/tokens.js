// A batch token by token: one colour a sample, and always with its number.

import { h } from "../dom.js";
import { note } from "../parts/note.js";

/** @import { TokenGrid, TokenRecord, TokenRow } from "../records.js" */

/**
 * What stands at a place; of out a number instead of a name.
 * @param {TokenRecord} record
 * @param {boolean} wide
 */
function token({ text, label, colour, sample, padding, marked }, wide) {
  const marks = { "data-marked": marked && "true" };
  if (!label) return h("span", { class: "ls-token ls-token-gap", ...marks }, text);
  const classes = wide ? "ls-token ls-token-out" : "ls-token";
  return h(
    "span",
    {
      class: classes,
      style: `--ls-token: var(--ls-${colour})`,
      "data-sample": sample,
      "data-padding": padding && "true",
      ...marks,
      role: "img",
      "aria-label": label,
    },
    text,
  );
}

/** @param {readonly string[]} steps */
function stepNames(steps) {
  return h(
    "div",
    { class: "ls-token-row", "aria-hidden": "true" },
    h("span", { class: "ls-note" }, "t ="),
    steps.map((step) => h("span", { class: "ls-token-step" }, step)),
  );
}

/**
 * A row a sample, under the names of the steps.
 * @param {readonly TokenRow[]} rows
 * @param {readonly string[]} steps
 * @param {boolean} wide
 */
function bySample(rows, steps, wide) {
  return [
    stepNames(steps),
    rows.map(({ label, tokens }) =>
      h(
        "div",
        { class: "ls-token-row" },
        h("span", { class: "ls-note" }, label),
        tokens.map((each) => token(each, wide)),
      ),
    ),
  ];
}

/**
 * A column a step, its tokens downwards.
 * @param {readonly TokenRow[]} rows
 */
function byStep(rows) {
  return h(
    "div",
    { class: "ls-packed" },
    rows.map(({ tokens }) =>
      h(
        "div",
        { class: "ls-packed-step" },
        tokens.map((each) => token(each, false)),
      ),
    ),
  );
}

/**
 * One arrangement of the batch.
 * @param {TokenGrid} record
 */
export function tokenGrid({ kind, code, about, steps, rows, note: words }) {
  return h(
    "figure",
    { class: "ls-tokens", "data-tokens": kind },
    h("figcaption", {}, h("code", { class: "ls-code" }, code), " ", h("span", { class: "ls-note" }, about)),
    h(
      "div",
      { class: "ls-scroll", role: "group", "aria-label": code },
      steps.length ? bySample(rows, steps, kind === "out") : byStep(rows),
    ),
    note(words),
  );
}
