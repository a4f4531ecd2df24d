// One step of the directions' walk: from the tensors on the left to those made of them.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";
import { choice } from "../parts/fields.js";
import { note } from "../parts/note.js";
import { heat } from "../parts/numbers.js";
import { tuple, verdict } from "../parts/shape.js";
import { spell } from "../parts/words.js";

/** @import { DirectionsPanel, StripRecord, WalkStep } from "../records.js" */

/** @param {StripRecord} record */
function walkStrip({ code, pattern, order, shape, bands, more, mark, claims }) {
  const names = shape.axes.map((axis) => axis.name);
  return h(
    "figure",
    { class: "ls-strip", "data-shape": shape.shape, "data-state": shape.state, "data-code": code },
    h(
      "figcaption",
      {},
      h("code", { class: "ls-code" }, code),
      h(
        "span",
        { class: "ls-strip-shape" },
        tuple(shape.sizes, shape.axes, "ls-inline"),
        " ",
        tuple(names, shape.axes, "ls-note"),
      ),
      h("span", { class: "ls-note" }, order),
      pattern ? h("span", { class: "ls-note ls-pattern" }, spell(pattern)) : null,
      shape.agrees ? null : verdict(shape),
    ),
    heat(bands, mark?.column),
    mark ? h("code", { class: "ls-mark" }, mark.label) : null,
    note(more),
    claims.map((each) => claim("div", each)),
  );
}

/**
 * @param {readonly string[]} modes
 * @param {string} chosen
 */
function merging(modes, chosen) {
  const buttons = modes.map((mode) => choice("merge", mode, mode === chosen, mode));
  return h("div", { class: "ls-choices", role: "group", "aria-label": "merge" }, buttons);
}

/**
 * The step that is chosen, the strips by their ids, and how both directions are merged.
 * @param {WalkStep} step
 * @param {DirectionsPanel["strips"]} strips
 * @param {string} merge
 */
export function walkScene({ says, left, right, merges }, strips, merge) {
  const modes = Object.keys(merges);
  const results = [...(merges[merge] ?? []), ...right];
  /** @param {readonly string[]} ids */
  const drawn = (ids) => ids.map((id) => walkStrip(strips[id]));
  return h(
    "div",
    { class: "ls-scene" },
    h("p", { class: "ls-scene-says", "aria-live": "polite" }, spell(says)),
    h("div", { class: "ls-from" }, drawn(left)),
    results.length ? h("div", { class: "ls-to" }, modes.length ? merging(modes, merge) : null, drawn(results)) : null,
  );
}
