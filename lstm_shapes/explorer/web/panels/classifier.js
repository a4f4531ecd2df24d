// A widely read classifier as it is written, beside the one that was meant.

import { h } from "../dom.js";
import { note } from "../parts/note.js";
import { table } from "../parts/table.js";

/** @import { ClassifierRecord, SourceRecord, VersionRecord } from "../records.js" */

/** @param {VersionRecord} record */
function versionRow({ version, module, shape, read, right, verdict }) {
  return h(
    "tr",
    { "data-version": version, "data-right": String(right) },
    h("td", {}, module),
    h("td", {}, version),
    h("td", {}, h("code", {}, shape)),
    h("td", {}, h("code", {}, read)),
    h("td", {}, h("span", { class: right ? "ls-yes" : "ls-no" }, `${right ? "✓" : "✗"} ${verdict}`)),
  );
}

/** @param {SourceRecord} record */
function source({ version, code }) {
  return h("pre", { class: "ls-program", tabindex: "0", "aria-label": version }, code);
}

/** @param {ClassifierRecord} record */
export function classifierOf({ name, title, about, heads, rows, sources }) {
  return h(
    "section",
    { class: "ls-classifier", "aria-label": name },
    h("h3", {}, title),
    note(about),
    table(heads, rows.map(versionRow), true),
    h("div", { class: "ls-sides" }, sources.map(source)),
  );
}
