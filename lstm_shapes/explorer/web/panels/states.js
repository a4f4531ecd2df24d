// The states a run starts from, how far they reach, and a run cut in two.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { choice, sampleField, stepField } from "../parts/fields.js";
import { note } from "../parts/note.js";
import { tiles } from "../parts/numbers.js";
import { tuple, verdict } from "../parts/shape.js";

/** @import { ChunksRecord, DistanceColumn, DistancesRecord, PickField } from "../records.js" */
/** @import { StartRecord, StateRecord, StateRow, StatesPanel } from "../records.js" */

/** @param {StateRow} record */
function stateRow({ label, cells, more }) {
  return h(
    "div",
    { class: "ls-state-row" },
    h("code", {}, label),
    h("div", { class: "ls-tiles ls-both" }, tiles(cells)),
    more ? h("span", { class: "ls-note" }, more) : null,
  );
}

/** @param {StateRecord} record */
function stateOf({ name, shape, rows, more }) {
  const names = shape.axes.map((axis) => axis.name);
  return h(
    "figure",
    { class: "ls-strip", "data-state-of": name, "data-shape": shape.shape },
    h(
      "figcaption",
      {},
      h("code", { class: "ls-code" }, name),
      h("span", {}, tuple(shape.sizes, shape.axes, "ls-inline"), " ", tuple(names, shape.axes, "ls-note")),
      shape.agrees ? null : verdict(shape),
    ),
    h("div", { class: "ls-heat" }, rows.map(stateRow)),
    note(more),
  );
}

/** @param {DistanceColumn} record */
function distance({ label, cells, says }) {
  return h(
    "div",
    { class: "ls-column", role: "img", "aria-label": says },
    h("div", { class: "ls-cells" }, tiles(cells)),
    h("span", { class: "ls-step" }, label),
  );
}

/**
 * How far two outs are apart at each step.
 * @param {DistancesRecord} record
 */
function distances({ kind, about, bands }) {
  const rows = bands.map(({ band, name, columns }) =>
    h("div", { class: `ls-band ls-${band}` }, h("span", { class: "ls-part-name" }, name), columns.map(distance)),
  );
  return [note(about), h("div", { class: "ls-heat", "data-apart-of": kind }, rows)];
}

/** @param {ChunksRecord} record */
function chunked({ name, title, without, field, apart, claims }) {
  return h(
    "section",
    { class: "ls-chunks", "aria-label": name },
    h("header", {}, h("h3", {}, title), field ? stepField(field) : null),
    note(without),
    apart ? [distances(apart), claimList(claims)] : null,
  );
}

/** @param {StartRecord} record */
function started({ states, title, apart, claims }) {
  return [
    h("div", { class: "ls-sides" }, states.map(stateOf)),
    h("h3", {}, title),
    distances(apart),
    claimList(claims),
  ];
}

/** @param {PickField} field */
function startButtons({ name, label, values, chosen }) {
  return h(
    "div",
    { class: "ls-choices", role: "group", "aria-label": label },
    values.map((value) => choice(name, value, value === chosen, value)),
  );
}

/** @param {StatesPanel} record */
export function statesPanel({ sample_field, pick: starts, says, without, start, chunks }) {
  return h(
    "div",
    { class: "ls-states-panel" },
    h("header", {}, startButtons(starts), h("span", { class: "ls-hint" }, says), sampleField(sample_field)),
    note(without),
    start ? started(start) : null,
    chunks ? chunked(chunks) : null,
  );
}
