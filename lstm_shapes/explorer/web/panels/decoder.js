// From an encoder's final states to a decoder: its states, its call, and its steps one by one.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { choice, sampleField, stepField } from "../parts/fields.js";
import { note } from "../parts/note.js";
import { tiles } from "../parts/numbers.js";
import { namedSizes, verdict } from "../parts/shape.js";
import { table } from "../parts/table.js";
import { spell } from "../parts/words.js";

/** @import { ClaimRecord, CureRecord, DecoderPanel, DecoderShape, GreedyRecord, LayerRow, NumbersRow } from "../records.js" */
/** @import { OptionsField, ProgramRecord, RefusedRecord, StartedRecord, GreedyRow } from "../records.js" */

/** @param {OptionsField} field */
function optionsRow({ name, label, about, options, chosen }) {
  const buttons = options.map(({ value, words }) => choice(name, value, value === chosen, words));
  return h(
    "div",
    { class: "ls-options" },
    h("span", { class: "ls-note" }, about),
    h("div", { class: "ls-choices", role: "group", "aria-label": label }, buttons),
  );
}

/** @param {CureRecord} cure */
function cureButton({ name, value, words }) {
  return h("button", { type: "button", class: "ls-button", "data-choice": name, "data-value": value }, words);
}

/** @param {RefusedRecord} record */
function refusal({ heading, text, cures }) {
  return h(
    "div",
    { class: "ls-notice ls-error ls-decoder-refused", role: "alert" },
    h("div", { class: "ls-notice-heading" }, heading),
    h("div", {}, text),
    h("div", { class: "ls-decoder-cures" }, cures.map(cureButton)),
  );
}

/** @param {DecoderShape} record */
function shapeOf({ name, made_of, shape }) {
  return h(
    "div",
    { class: "ls-decoder-shape", "data-decoder": name, "data-shape": shape.shape },
    h("span", { class: "ls-note" }, h("code", {}, made_of), " →"),
    h("div", {}, h("code", { class: "ls-code" }, name), " ", namedSizes(shape.sizes, shape.axes, "ls-inline")),
    shape.agrees ? null : verdict(shape),
  );
}

/** @param {NumbersRow} record */
function numbersRow({ label, parts, more }) {
  return h(
    "div",
    { class: "ls-decoder-row" },
    h("code", {}, label),
    parts.map(({ band, cells }) => h("div", { class: `ls-tiles ls-${band}` }, tiles(cells))),
    more ? h("span", { class: "ls-note" }, more) : null,
  );
}

/** @param {LayerRow} record */
function layerRow({ sources, made }) {
  return h(
    "div",
    { class: "ls-decoder-layer" },
    h("div", {}, sources.map(numbersRow)),
    h("div", { class: "ls-decoder-made" }, h("span", { "aria-hidden": "true" }, "→"), numbersRow(made)),
  );
}

/** @param {StartedRecord} record */
function startedOf({ title, about, code, shapes, rows_title, rows, more }) {
  return [
    h("h3", {}, title),
    h("p", {}, h("code", { class: "ls-code" }, code)),
    h("div", { class: "ls-decoder-shapes" }, shapes.map(shapeOf)),
    note(about),
    h("h3", {}, rows_title),
    h("div", { class: "ls-decoder-layers" }, rows.map(layerRow)),
    note(more),
  ];
}

/** @param {GreedyRow} record */
function tokenRow({ step, read, shape, written }) {
  return h(
    "tr",
    {},
    h("td", {}, step),
    h("td", {}, read),
    h("td", {}, h("code", {}, shape)),
    h("td", { "data-token": step }, written),
  );
}

/**
 * @param {string} title
 * @param {readonly ClaimRecord[]} claims
 */
function claimed(title, claims) {
  return claims.length ? h("section", { "aria-label": title }, h("h3", {}, title), claimList(claims)) : null;
}

/** @param {GreedyRecord} record */
function greedyOf({ title, about, heads, rows, checked, claims }) {
  return h(
    "section",
    { class: "ls-greedy", "aria-label": title },
    h("h3", {}, title),
    note(about),
    table(heads, rows.map(tokenRow)),
    note(checked),
    claimList(claims),
  );
}

/** @param {ProgramRecord} record */
function programOf({ title, about, name, program, copy }) {
  return h(
    "section",
    { class: "ls-decoder-program", "aria-label": title },
    h("h3", {}, title),
    note(about),
    h("pre", { class: "ls-program", tabindex: "0", "aria-label": name }, program),
    h("button", { type: "button", class: "ls-button", "data-copy": program }, copy),
    h("span", { class: "ls-shared", role: "status" }),
  );
}

/** @param {DecoderPanel} record */
export function decoderPanel(record) {
  const { about, sample_field, combining, size_field, without, refused, started } = record;
  const { claims_title, claims, mistakes_title, mistakes, greedy, program } = record;
  return h(
    "div",
    { class: "ls-decoder-panel" },
    h("header", {}, h("span", { class: "ls-hint" }, about), sampleField(sample_field)),
    optionsRow(combining.width),
    size_field ? stepField(size_field) : null,
    optionsRow(combining.combine),
    h("p", { class: "ls-scene-says" }, spell(combining.says)),
    note(without),
    refused ? refusal(refused) : null,
    started ? startedOf(started) : null,
    claimed(claims_title, claims),
    claimed(mistakes_title, mistakes),
    greedy ? greedyOf(greedy) : null,
    program ? programOf(program) : null,
  );
}
