// Inside one cell: RNN, GRU and LSTM line by line, on the same input.

import { h } from "../dom.js";
import { claim, claimList } from "../parts/claims.js";
import { pick, sampleField, stepField } from "../parts/fields.js";
import { legend } from "../parts/legend.js";
import { note } from "../parts/note.js";
import { heat, tiles } from "../parts/numbers.js";
import { spell } from "../parts/words.js";

/** @import { CellNumbers, CellPanel, KindRecord, LineRecord, StatesStrip } from "../records.js" */

/**
 * A name, how it is computed, and one sample's numbers.
 * @param {LineRecord} record
 */
function cellLine({ name, formula, rows, uses, cells, more, label }) {
  return h(
    "li",
    {
      class: "ls-line",
      "data-line": name,
      "data-uses": uses?.join(" ") ?? null,
      tabindex: uses && "0",
      "aria-label": label || null,
    },
    h("b", {}, name),
    formula ? h("div", {}, h("code", {}, formula), rows ? h("span", { class: "ls-note" }, ` ${rows}`) : null) : null,
    h("div", { class: "ls-tiles" }, tiles(cells), more ? h("span", { class: "ls-note" }, more) : null),
  );
}

/** @param {KindRecord} record */
function kindOf({ kind, code, current, weights, inputs, lines, claim: found }) {
  const isCurrent = current ? "true" : null;
  return h(
    "section",
    {
      class: "ls-kind-of",
      "data-kind": kind,
      "data-current": isCurrent,
      "aria-current": isCurrent,
      "aria-label": kind,
    },
    h(
      "h3",
      {},
      kind,
      current ? h("span", { class: "ls-note" }, ` ${current}`) : null,
      " ",
      h("code", { class: "ls-note" }, code),
    ),
    h("ul", { class: "ls-lines ls-inputs" }, inputs.map(cellLine)),
    h("ol", { class: "ls-lines" }, lines.map(cellLine)),
    h("p", { class: "ls-note ls-rows" }, weights),
    claim("div", found),
  );
}

/**
 * Light the lines that the one at `target` is made of.
 * @param {HTMLElement} panel
 * @param {Element} target
 */
export function lightLines(panel, target) {
  const chosen = target.closest("[data-line]");
  const uses = chosen?.getAttribute("data-uses")?.split(" ") ?? [];
  for (const each of panel.querySelectorAll("[data-line]")) {
    const kin = each.closest("[data-kind]") === chosen?.closest("[data-kind]");
    each.toggleAttribute("data-used", kin && uses.includes(each.getAttribute("data-line") ?? ""));
  }
}

/**
 * One of h and c over time; the chosen step is outlined.
 * @param {StatesStrip} record
 */
function statesStrip({ name, of, bands, chosen }) {
  return h(
    "figure",
    { class: "ls-strip", "data-strip": name },
    h("figcaption", {}, h("code", { class: "ls-code" }, name), h("span", { class: "ls-note" }, of)),
    heat(bands, chosen),
  );
}

/** @param {CellNumbers} numbers */
function cellNumbers({ about, forgets, kinds, strips_title, legend: colours, strips, claims, loop }) {
  return [
    note(about),
    forgets ? h("p", { class: "ls-note", "data-forgets": "nothing" }, spell(forgets)) : null,
    h("div", { class: "ls-kinds" }, kinds.map(kindOf)),
    h(
      "header",
      { class: "ls-strips-head" },
      h("h3", {}, strips_title),
      colours.map(({ band, words }) => legend(band, words)),
    ),
    h("div", { class: "ls-sides" }, strips.map(statesStrip)),
    claimList(claims),
    h("h3", {}, loop.title),
    note(loop.says),
    loop.code ? h("pre", { class: "ls-program", tabindex: "0", "aria-label": loop.title }, loop.code) : null,
    claimList(loop.claims),
  ];
}

/** @param {CellPanel} record */
export function cellPanel({
  sample_field,
  layer_pick,
  layer_field,
  direction_pick,
  time_field,
  says,
  without,
  numbers,
}) {
  return h(
    "div",
    { class: "ls-cell-panel" },
    h(
      "header",
      {},
      layer_pick ? pick(layer_pick) : null,
      layer_field ? stepField(layer_field) : null,
      pick(direction_pick),
      stepField(time_field),
      h("span", { class: "ls-hint" }),
      sampleField(sample_field),
    ),
    h("p", { class: "ls-scene-says", "aria-live": "polite" }, spell(says)),
    note(without),
    numbers ? cellNumbers(numbers) : null,
  );
}
