// Variable lengths: the padded batch, what packing makes of it, and what it saves it from.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { note } from "../parts/note.js";
import { paddingOf } from "./padding.js";
import { tokenGrid } from "./tokens.js";

/** @import { LengthsEditor, LengthsPanel, OptionRecord, PackedPart, PackedRecord, SampleField } from "../records.js" */

/** @param {LengthsEditor} record */
function lengthsEditor({ fields, more, links }) {
  const inputs = fields.map(({ label, name, value, most }, b) =>
    h(
      "label",
      { class: "ls-sample" },
      `${label} `,
      h("input", { type: "number", "data-length": b, min: 1, max: most, value, "aria-label": name }),
    ),
  );
  return h(
    "div",
    { class: "ls-lengths-edit", role: "group", "aria-label": "lengths" },
    h("b", {}, "lengths"),
    inputs,
    more ? h("span", { class: "ls-note" }, more) : null,
    links.map(({ label, link }) => h("button", { type: "button", class: "ls-button", "data-open": link }, label)),
  );
}

/** @param {readonly PackedPart[]} parts */
function packedParts(parts) {
  return h(
    "dl",
    { class: "ls-parts" },
    parts.map(({ name, value }) => [
      h("dt", {}, h("code", {}, name)),
      h("dd", { "data-part-of": name }, h("code", {}, value)),
    ]),
  );
}

/**
 * What torch makes of an option, in its own words where it has some.
 * @param {OptionRecord} record
 */
function option({ code, says, torch }) {
  return h("p", { class: "ls-torch-says" }, h("code", {}, code), ` ${says}`, torch ? [" ", h("q", {}, torch)] : null);
}

/**
 * @param {PackedRecord} record
 * @param {SampleField | null} sample
 */
function packedOf({ grids, parts, padding, options_title, options, claims_title, claims }, sample) {
  const [padded, packed, out, ...reversed] = grids.map(tokenGrid);
  return [
    h("div", { class: "ls-sides" }, padded, packed, out, packedParts(parts), reversed),
    paddingOf(padding, sample),
    h("h3", {}, options_title),
    options.map(option),
    h("h3", {}, claims_title),
    claimList(claims),
  ];
}

/** @param {LengthsPanel} record */
export function lengthsPanel({ about, editor, without, sample_field, packed }) {
  return h(
    "div",
    {},
    note(about),
    lengthsEditor(editor),
    note(without),
    packed ? packedOf(packed, sample_field) : null,
  );
}
