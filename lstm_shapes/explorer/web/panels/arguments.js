// Each argument in a line: what it would change of the current shapes, and what it would not.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { note } from "../parts/note.js";
import { tuple, verdict } from "../parts/shape.js";
import { table } from "../parts/table.js";

/** @import { ArgumentRecord, ArgumentsPanel, ChangeRecord, FoundRecord } from "../records.js" */

/** @param {ChangeRecord} record */
function change({ tensor, before, after }) {
  return h(
    "div",
    { class: "ls-change", "data-changed": tensor, "data-before": before.shape, "data-after": after.shape },
    h("code", {}, tensor),
    tuple(before.sizes, before.axes, "ls-inline"),
    " → ",
    tuple(after.sizes, after.axes, "ls-inline"),
    after.agrees ? null : verdict(after),
  );
}

/**
 * Whether what a row says was found so.
 * @param {FoundRecord} found
 */
function ran({ agrees, words }) {
  if (agrees === null) return ` ${words}`;
  return h(
    "span",
    agrees ? { class: "ls-yes" } : { class: "ls-wrong", role: "alert" },
    ` ${agrees ? "✓" : "✗"} ${words}`,
  );
}

/**
 * What the other value would make of the shapes.
 * @param {ArgumentRecord} record
 * @param {string} counted what the number of parameters is called
 */
function effect({ changed, parameters, kept, found }, counted) {
  const numbers = parameters ? h("div", { class: "ls-change" }, h("code", {}, counted), parameters) : null;
  return h("td", {}, changed.map(change), numbers, h("p", { class: "ls-note" }, kept, ran(found)));
}

/**
 * @param {ArgumentRecord} record
 * @param {string} counted
 */
function argumentRow(record, counted) {
  const { argument, says, value, other, why_not, link, set_it, label } = record;
  return h(
    "tr",
    { "data-argument": argument },
    h("th", { scope: "row" }, h("code", {}, argument), note(says)),
    h("td", {}, h("code", {}, value)),
    h(
      "td",
      {},
      other ? h("code", {}, other) : null,
      link ? h("button", { type: "button", class: "ls-button", "data-open": link, "aria-label": label }, set_it) : null,
    ),
    why_not ? h("td", { class: "ls-note" }, why_not) : effect(record, counted),
  );
}

/** @param {ArgumentsPanel} record */
export function argumentsPanel({ heads, rows, parameters, moved_title, moved, claims_title, claims, without }) {
  return h(
    "div",
    {},
    table(
      heads,
      rows.map((row) => argumentRow(row, parameters)),
      true,
    ),
    moved.length ? h("h3", {}, moved_title) : null,
    claimList(moved),
    h("h3", {}, claims_title),
    note(without),
    claimList(claims),
  );
}
