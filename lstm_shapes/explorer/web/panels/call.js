// A call that somebody types: what torch says of it, why, and the call that it takes.

import { h } from "../dom.js";
import { note } from "../parts/note.js";
import { namedSizes } from "../parts/shape.js";
import { spell } from "../parts/words.js";

/** @import { CallDoubt, CallError, CallField, CallMade, CallOutcome, CallPanel, CallRefused, CallShape } from "../records.js" */

/** @param {CallField} field */
function callField({ label, value, longest, button, hint }) {
  const rows = String(Math.max(4, value.split("\n").length + 1));
  return h(
    "form",
    { class: "ls-call" },
    h(
      "label",
      {},
      h("span", { class: "ls-note" }, label),
      h(
        "textarea",
        {
          class: "ls-own-input",
          rows,
          "data-longest": longest,
          spellcheck: "false",
          autocomplete: "off",
          wrap: "soft",
        },
        value,
      ),
    ),
    h("button", { type: "submit", class: "ls-button" }, button),
    note(hint),
  );
}

/** @param {CallRefused} record */
function refused({ message, axis, cause, cure }) {
  return h(
    "div",
    { class: "ls-notice ls-error", role: "alert" },
    h("div", { class: "ls-notice-heading" }, message),
    axis ? h("p", {}, h("b", {}, axis)) : null,
    h("p", {}, spell(cause)),
    cure ? h("p", {}, "Cure: ", spell(cure)) : null,
  );
}

/** @param {CallShape} shape */
function shapeOf({ name, sizes, axes }) {
  return h(
    "li",
    { "data-shape-of": name, "data-shape": sizes.join(",") },
    h("code", { class: "ls-code" }, name),
    " ",
    namedSizes(sizes, axes, "ls-sizes"),
  );
}

/** @param {CallMade} made */
function madeOf({ title, call, shapes, link, button }) {
  return h(
    "div",
    { class: "ls-call-made", role: "status" },
    h("h3", { class: "ls-yes" }, title),
    h("pre", { class: "ls-program", tabindex: "0", "aria-label": title }, call),
    h("ul", { class: "ls-call-shapes" }, shapes.map(shapeOf)),
    link ? h("button", { type: "button", class: "ls-button", "data-open": link }, button) : null,
  );
}

/** @param {CallDoubt} doubt */
function doubtOf({ because, asks, code }) {
  return h(
    "li",
    {},
    h("p", {}, spell(because)),
    h("p", {}, h("b", {}, asks)),
    code ? h("pre", { class: "ls-program", tabindex: "0", "aria-label": asks }, code) : null,
  );
}

/** @param {CallOutcome} outcome */
function outcomeOf({ note: said, refused: reasons, made, doubts_title, doubts, program_name, program, copy }) {
  return h(
    "div",
    { class: "ls-call-outcome" },
    note(said),
    reasons.map(refused),
    made ? madeOf(made) : null,
    doubts.length
      ? h("section", { class: "ls-call-doubts" }, h("h3", {}, doubts_title), h("ul", {}, doubts.map(doubtOf)))
      : null,
    h(
      "details",
      {},
      h("summary", { class: "ls-note" }, program_name),
      h("pre", { class: "ls-program", tabindex: "0", "aria-label": program_name }, program),
      h("button", { type: "button", class: "ls-button", "data-copy": program }, copy),
      h("span", { class: "ls-shared", role: "status" }),
    ),
  );
}

/** @param {CallError} error */
function errorOf({ message, cause, cure, code }) {
  return h(
    "div",
    { class: `ls-notice ${cure ? "ls-error" : "ls-remark"}`, role: "alert" },
    h("div", { class: "ls-notice-heading" }, message),
    h("p", {}, spell(cause)),
    cure ? h("p", {}, "Cure: ", spell(cure)) : null,
    code ? h("code", {}, code) : null,
  );
}

/** @param {CallPanel} record */
export function callPanel({ title, field, examples_title, examples, refusal, without, outcome, error }) {
  return h(
    "div",
    {},
    h("header", {}, h("h3", {}, title)),
    note(field.about),
    callField(field),
    h(
      "div",
      { class: "ls-call-examples" },
      h("span", { class: "ls-note" }, examples_title),
      examples.map(({ words, value }) =>
        h("button", { type: "button", class: "ls-choice", "data-choice": "call", "data-value": value }, words),
      ),
    ),
    refusal ? h("div", { class: "ls-notice ls-error", role: "alert" }, refusal) : null,
    note(without),
    outcome ? outcomeOf(outcome) : null,
    error ? errorOf(error) : null,
  );
}
