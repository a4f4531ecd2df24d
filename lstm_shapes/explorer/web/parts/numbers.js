// Strips of numbers: time across, features down.

import { h } from "../dom.js";

/** @import { BandRecord, ColumnRecord } from "../records.js" */

/**
 * Numbers, darker the farther from zero.
 * @param {ColumnRecord["cells"]} cells
 */
export function tiles(cells) {
  return cells.map(([text, strength]) => h("span", { class: "ls-num", style: `--v: ${strength}` }, text));
}

/**
 * One step of one direction: its features downwards.
 * @param {ColumnRecord} record
 * @param {boolean} labelled
 * @param {boolean} marked
 */
function column({ key, label, cells }, labelled, marked) {
  const spoken = key && cells[0]?.[0] ? `${label} ${cells.map(([text]) => text).join(", ")}`.trim() : null;
  return h(
    "div",
    {
      class: key ? "ls-column" : "ls-column ls-gap",
      "data-key": key || null,
      "data-marked": marked,
      role: spoken && "img",
      "aria-label": spoken,
    },
    h("div", { class: "ls-cells" }, key ? tiles(cells) : "…"),
    labelled && label && key ? h("span", { class: "ls-step" }, label) : null,
  );
}

/**
 * The columns of each direction, the one above the other; one column may be marked.
 * @param {readonly BandRecord[]} bands
 * @param {number | null} [mark]
 */
export function heat(bands, mark = null) {
  const columns = bands.map(({ band, columns: drawn, labelled }) =>
    h(
      "div",
      { class: `ls-band ls-${band}` },
      drawn.map((each, i) => column(each, labelled, mark === i)),
    ),
  );
  return columns.length ? h("div", { class: "ls-heat" }, columns) : null;
}
