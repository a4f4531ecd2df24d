// Every parameter by name: its axes, its rows cut into gates, and the cells that use it.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { note } from "../parts/note.js";
import { tuple, verdict } from "../parts/shape.js";
import { spell } from "../parts/words.js";

/** @import { BiasesRecord, CountRecord, ParameterRecord, ParametersPanel, WeightsRecord } from "../records.js" */

/** @param {ParameterRecord} record */
function gatesOf({ gates, width }) {
  const rows = gates.length ? gates : [{ name: "", rows: "" }];
  return h(
    "div",
    { class: "ls-gates", "aria-hidden": "true" },
    rows.map(({ name, rows: range }) =>
      h(
        "div",
        { class: "ls-gate" },
        h("span", { class: "ls-gate-rows" }, range),
        h("span", { class: "ls-gate-block", style: `width: ${width}px` }, name),
      ),
    ),
  );
}

/**
 * @param {ParameterRecord} record
 * @param {string} lights ids of the cells that use it, with spaces between
 */
function parameter(record, lights) {
  const { name, shape, elements, words, label } = record;
  const names = shape.axes.map((axis) => axis.name);
  const symbols = shape.axes.map((axis) => axis.symbol);
  return h(
    "li",
    {
      class: "ls-parameter",
      "data-parameter": name,
      "data-shape": shape.shape,
      "data-lights": lights,
      "data-words": words,
      tabindex: "0",
      "aria-label": label,
    },
    h("code", { class: "ls-code" }, name),
    h("div", {}, tuple(shape.sizes, shape.axes, "ls-inline")),
    h("div", { class: "ls-note" }, tuple(names, shape.axes, "ls-names")),
    h("div", { class: "ls-note" }, tuple(symbols, shape.axes, "ls-symbols")),
    gatesOf(record),
    note(elements),
    shape.agrees ? null : verdict(shape),
  );
}

/** @param {WeightsRecord} record */
function weightsOf({ title, name, direction, lights, used_at, steps, parameters }) {
  const cells = lights.join(" ");
  return h(
    "section",
    { class: `ls-weights ls-${direction}`, "data-cell": cells, "aria-label": name },
    h(
      "header",
      {},
      h("h3", {}, spell(title)),
      h("span", { class: "ls-note" }, used_at),
      steps.map((step) => h("span", { class: "ls-mini" }, step)),
    ),
    h(
      "ul",
      { class: "ls-parameters" },
      parameters.map((each) => parameter(each, cells)),
    ),
  );
}

/** @param {CountRecord} record */
function counted({ count, symbols, numbers, by_formula, measured, agrees, says }) {
  const signed = `${agrees ? "✓" : "✗"} ${measured}`;
  const found = agrees === null ? measured : h("span", { class: agrees ? "ls-yes" : "ls-no" }, signed);
  return [
    h("p", { class: "ls-scene-says" }, h("b", { "data-count": count }, count), ` ${by_formula} `, found, `. ${says}`),
    h(
      "div",
      { class: "ls-counted" },
      h("code", { class: "ls-note" }, symbols),
      h("code", { "data-sum": numbers }, numbers),
    ),
  ];
}

/** @param {BiasesRecord} record */
function biasesOf({ title, says, claims }) {
  return [h("h3", {}, title), note(says), claimList(claims)];
}

/** @param {ParametersPanel} record */
export function parametersPanel({ count, biases, without, hint, cells, left_out }) {
  return h(
    "div",
    {},
    counted(count),
    note(without.join(" ")),
    note(hint),
    cells.map(weightsOf),
    note(left_out),
    biases ? biasesOf(biases) : null,
  );
}
