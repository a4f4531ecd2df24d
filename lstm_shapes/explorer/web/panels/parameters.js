// Every parameter by name: its axes, its rows cut into gates, and the cells that use it.

import { h } from "../dom.js";
import { tuple, verdict } from "../parts/shape.js";

function gatesOf({ gates, width }) {
  const rows = gates.length ? gates : [{ name: "", rows: "" }];
  return h("div", { class: "ls-gates", "aria-hidden": "true" }, rows.map(({ name, rows: range }) => h("div", { class: "ls-gate" }, h("span", { class: "ls-gate-rows" }, range), h("span", { class: "ls-gate-block", style: `width: ${width}px` }, name))));
}

function parameter(record, lights) {
  const { name, shape, gates, elements, words } = record;
  const axes = shape.axes.map((axis, i) => `${axis.name} ${shape.sizes[i]}`).join(", ");
  return h(
    "li",
    { class: "ls-parameter", "data-parameter": name, "data-shape": shape.shape, "data-lights": lights, "data-words": words, tabindex: "0", "aria-label": `${name}: ${axes}${gates.length ? `; gates ${gates.map((gate) => `${gate.name} ${gate.rows}`).join(", ")}` : ""}` },
    h("code", { class: "ls-code" }, name),
    h("div", {}, tuple(shape.sizes, shape.axes, "ls-inline")),
    h("div", { class: "ls-note" }, tuple(shape.axes.map((axis) => axis.name), shape.axes, "ls-names")),
    h("div", { class: "ls-note" }, tuple(shape.axes.map((axis) => axis.symbol), shape.axes, "ls-symbols")),
    gatesOf(record),
    h("p", { class: "ls-note" }, `${elements} numbers`),
    shape.agrees ? null : verdict(shape),
  );
}

function cellOf({ layer, direction, lights, parameters: all }, steps, both) {
  return h(
    "section",
    { class: `ls-weights ls-${direction}`, "data-cell": lights, "aria-label": `layer ${layer}, ${direction}` },
    h("header", {}, h("h3", {}, `layer ${layer}`, both ? h("span", { class: `ls-word-${direction}` }, `, ${direction}`) : null), h("span", { class: "ls-note" }, "used at"), steps.map((step) => h("span", { class: "ls-mini" }, step))),
    h("ul", { class: "ls-parameters" }, all.map((each) => parameter(each, lights))),
  );
}

export function parametersPanel({ count, bytes, measured, agrees, left_out, without, biases, steps, cells }) {
  const both = cells.some(({ direction }) => direction === "backward");
  return h(
    "div",
    { class: "ls-parameters-panel" },
    h(
      "p",
      { class: "ls-scene-says" },
      h("b", { "data-count": count }, count),
      " parameters by formula, ",
      measured === null ? "none measured without a run" : h("span", { class: agrees ? "ls-yes" : "ls-no" }, `${agrees ? "✓" : "✗"} ${measured} measured`),
      `; ${bytes} in float32. Rows come gate by gate; a layer above the first reads D·H_out features. ${biases}`,
    ),
    h("p", { class: "ls-note" }, without.join(" ")),
    h("p", { class: "ls-note" }, "Point at a weight, or focus it: the cells that use it light up, here and in the picture."),
    cells.map((each) => cellOf(each, steps, both)),
    left_out ? h("p", { class: "ls-note" }, left_out) : null,
  );
}
