// What can be set in a panel.

import { h } from "../dom.js";

/** @import { PickField, SampleField, StepField } from "../records.js" */

/**
 * A button that sets one of the choices.
 * @param {string} name
 * @param {string} value
 * @param {boolean} chosen
 * @param {string} words
 */
export function choice(name, value, chosen, words) {
  return h(
    "button",
    { type: "button", class: "ls-choice", "data-choice": name, "data-value": value, "aria-pressed": String(chosen) },
    words,
  );
}

/**
 * One of a few, as buttons; nothing where there is no choice.
 * @param {PickField} field
 */
export function pick({ name, label, values, chosen }) {
  if (values.length < 2) return null;
  const buttons = values.map((value) => choice(name, value, value === chosen, value));
  return h(
    "div",
    { class: "ls-pick" },
    h("span", { class: "ls-note" }, label),
    h("div", { class: "ls-choices", role: "group", "aria-label": label }, buttons),
  );
}

/**
 * The batch item that is looked at; set here or below the picture.
 * @param {SampleField | null} field
 */
export function sampleField(field) {
  if (!field) return null;
  const { label, value, most, words } = field;
  return h(
    "label",
    { class: "ls-sample" },
    `${label} `,
    h("input", { type: "number", class: "ls-sample-input", min: "0", max: most, value, "aria-label": label }),
    ` ${words}`,
  );
}

/**
 * A whole number that is one of the choices.
 * @param {StepField} field
 */
export function stepField({ name, label, value, least, most, words }) {
  return h(
    "label",
    { class: "ls-sample" },
    `${label} `,
    h("input", { type: "number", "data-field": name, min: least, max: most, value, "aria-label": label }),
    ` ${words}`,
  );
}
