// The directions panel: out split by direction, realigned and merged.

import { claim, h } from "./dom.js";
import { tuple, verdict } from "./cards.js";

export const ARROWS = { forward: "forward →", backward: "← backward" };

/** Columns of a sequence in time, a band a direction; the marked one is outlined. */
function strip({ steps, bands, mark }) {
  const columns = steps.map((step, i) =>
    step === "…"
      ? h("div", { class: "ls-gap" }, step)
      : h(
          "div",
          { class: "ls-column", "data-marked": mark?.column === i },
          bands.map((band) => h("span", { class: `ls-band ls-${band}` })),
          step ? h("span", { class: "ls-step" }, step) : null,
        ),
  );
  return h("div", { class: "ls-strip", "aria-hidden": "true" }, columns);
}

function part({ code, shape, strip: columns, note, instead }) {
  return h(
    "div",
    { class: "ls-part", "data-shape": shape.shape, "data-state": shape.state },
    h("code", { class: "ls-code" }, code),
    h(
      "div",
      { class: "ls-part-shape" },
      tuple(shape.sizes, shape.axes, "ls-sizes"),
      columns.mark ? h("code", { class: "ls-mark" }, columns.mark.label) : null,
    ),
    shape.agrees ? null : verdict(shape),
    strip(columns),
    h("p", { class: "ls-note" }, note),
    instead ? alternatives(instead) : null,
  );
}

/** "sum, mean, max: (3, 5, 3)"; a name that has another shape stands apart. */
function alternatives(instead) {
  const groups = Map.groupBy(instead, ({ shape }) => shape.shape);
  return [...groups.values()].map((same) =>
    h(
      "p",
      { class: "ls-note" },
      `or ${same.map(({ name }) => name).join(", ")}: `,
      tuple(same[0].shape.sizes, same[0].shape.axes, "ls-inline"),
      same[0].shape.agrees ? null : verdict(same[0].shape),
    ),
  );
}

export function directions({ state, subtitle, bands, stages, claims_title, claims }) {
  return h(
    "section",
    { class: `ls-card ls-directions ls-${state}`, "aria-label": "Directions: split and realign" },
    h(
      "header",
      {},
      h("h2", {}, "Directions: split & realign"),
      h("code", { class: "ls-subtitle" }, subtitle),
      bands.map((band) => h("span", { class: `ls-legend ls-${band}` }, ARROWS[band])),
    ),
    h(
      "div",
      { class: "ls-stages", "data-stages": stages.length },
      stages.map(({ title, parts }) => h("div", { class: "ls-stage" }, h("h3", {}, title), parts.map(part))),
    ),
    h("h3", {}, claims_title),
    h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
  );
}
