// What can be set in a panel.

import { h } from "../dom.js";

/** @import { Model } from "../model.js" */
/** @import { PickField, SampleField, StepField } from "../records.js" */

/**
 * Take the whole number that was typed in a field. Where it cannot be, the field shows again what is used, and the
 * kernel says why.
 * @param {HTMLInputElement} field
 * @param {(number: number) => void} take
 * @param {(typed: string) => void} refuse
 */
export function takeNumber(field, take, refuse) {
  const { value, valueAsNumber, defaultValue, validity } = field;
  const taken = value && validity.valid;
  field.value = taken ? String(valueAsNumber) : defaultValue; // 1e1 is 10
  if (taken) take(valueAsNumber);
  else refuse(value);
}

/**
 * Let the kernel say why what was typed cannot be taken.
 * @param {Model} model
 * @param {string} name
 * @returns {(typed: string) => void}
 */
export function refusal(model, name) {
  return (typed) => model.send({ action: "typed", link: `${name}=${encodeURIComponent(typed)}` });
}

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
