// A packed batch beside the same batch padded, and how far the two are apart.

import { h } from "../dom.js";
import { sampleField } from "../parts/fields.js";
import { legend } from "../parts/legend.js";
import { note } from "../parts/note.js";
import { heat } from "../parts/numbers.js";
import { table } from "../parts/table.js";
import { spell } from "../parts/words.js";

/** @import { ApartRecord, DifferenceRecord, PaddingRecord, SampleField, SideRecord } from "../records.js" */

/** @param {DifferenceRecord} found */
function difference({ text, differs }) {
  return h("td", { "data-differs": differs === null ? null : String(differs) }, text);
}

/** @param {ApartRecord} record */
function apartOf({ name, title, direction, heads, rows, reason }) {
  const lines = rows.map(({ sample, differences }) =>
    h("tr", {}, h("th", { scope: "row" }, sample), differences.map(difference)),
  );
  return h(
    "section",
    { class: `ls-apart ls-${direction}`, "data-apart": name },
    h("h4", {}, spell(title)),
    table(heads, lines),
    note(reason),
  );
}

/**
 * One sample's out, of the packed batch or of the padded one.
 * @param {SideRecord} record
 */
function paddingSide({ name, code, bands, more }) {
  return h(
    "figure",
    { class: "ls-strip", "data-side": name },
    h("figcaption", {}, h("code", { class: "ls-code" }, code), h("span", { class: "ls-note" }, name)),
    heat(bands),
    note(more),
  );
}

/**
 * @param {PaddingRecord} record
 * @param {SampleField | null} sample
 */
export function paddingOf({ title, hint, legend: colours, sides, about, apart }, sample) {
  return [
    h(
      "header",
      { class: "ls-strips-head" },
      h("h3", {}, title),
      h("span", { class: "ls-hint" }, hint),
      sampleField(sample),
      colours.map(({ band, words }) => legend(band, words)),
    ),
    h("div", { class: "ls-sides" }, sides.map(paddingSide)),
    note(about),
    h("div", { class: "ls-sides" }, apart.map(apartOf)),
  ];
}
