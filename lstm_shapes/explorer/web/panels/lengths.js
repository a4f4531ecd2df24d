// Variable lengths: the padded batch, what packing makes of it, and what it saves it from.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";
import { table } from "../parts/table.js";
import { ARROWS, heat, sampleField } from "./directions.js";

/** The (sample, step) that stands at a place; padding stands as a 0. */
function token({ sample, step, padding }) {
  if (step === "…") return h("span", { class: "ls-token ls-token-gap" }, "…");
  const words = padding ? `sample ${sample}, padding` : `sample ${sample}, t = ${step}`;
  return h("span", { class: "ls-token", "data-sample": sample % 6, "data-padding": padding && "true", role: "img", "aria-label": words }, padding ? "0" : `${sample}·${step}`);
}

function grid(title, shape, rows, note, kind) {
  return h("figure", { class: "ls-tokens", "data-tokens": kind }, h("figcaption", {}, h("code", { class: "ls-code" }, title), " ", h("span", { class: "ls-note" }, shape)), h("div", { class: "ls-scroll" }, rows), h("p", { class: "ls-note" }, note));
}

function byStep(columns) {
  return h("div", { class: "ls-packed" }, columns.map((column) => h("div", { class: "ls-packed-step" }, column.map((each) => token(each)))));
}

function rowOf(sample, cells) {
  return h("div", { class: "ls-token-row" }, h("span", { class: "ls-note" }, `b=${sample}`), cells);
}

/** One number of out; the last step that a sample has is outlined. */
function outOf({ text, padding, last }) {
  if (text === "…") return h("span", { class: "ls-token ls-token-gap", "data-marked": last && "true" }, "…");
  return h("span", { class: "ls-token ls-token-out", "data-padding": padding && "true", "data-marked": last && "true", role: "img", "aria-label": `${text}${padding ? ", padding" : ""}${last ? ", the last step" : ""}` }, text);
}

function steps(drawn) {
  return h("div", { class: "ls-token-row ls-token-steps", "aria-hidden": "true" }, h("span", { class: "ls-note" }, "t ="), drawn.map((step) => h("span", { class: "ls-token-step" }, step)));
}

function editor({ lengths, seq_len, more, example, whole }) {
  return h(
    "div",
    { class: "ls-lengths-edit", role: "group", "aria-label": "lengths" },
    h("b", {}, "lengths"),
    lengths.map((length, b) => h("label", { class: "ls-sample" }, `b=${b} `, h("input", { type: "number", "data-length": b, min: 1, max: seq_len, value: length, "aria-label": `lengths[${b}]` }))),
    more ? h("span", { class: "ls-note" }, lengths.length ? `and ${more} more, in the field beside` : "too many samples to be set one by one") : null,
    whole ? h("button", { type: "button", class: "ls-button", "data-open": whole }, "all whole") : null,
    h("button", { type: "button", class: "ls-button", "data-open": example }, "an example"),
  );
}

function parts({ tokens, batch_sizes, sorted_indices, unsorted_indices }) {
  const rows = { "data": `${tokens} rows, one a step that is read`, batch_sizes, sorted_indices, unsorted_indices };
  return h("dl", { class: "ls-parts" }, Object.entries(rows).map(([name, value]) => [h("dt", {}, h("code", {}, name)), h("dd", { "data-part-of": name }, h("code", {}, value))]));
}

function difference(found) {
  if (found === null) return h("td", {}, "…");
  return h("td", { "data-differs": found.text && String(found.differs) }, found.text);
}

function apart({ layer, direction, reason, rows }, drawn) {
  const states = Object.keys(rows[0].states);
  return h(
    "section",
    { class: `ls-apart ls-${direction}`, "data-apart": `${layer}.${direction}` },
    h("h4", {}, `layer ${layer}, `, h("span", { class: `ls-word-${direction}` }, direction)),
    table(
      ["b", ...drawn.map((step) => `t=${step}`), ...states],
      rows.map(({ sample, steps: found, states: ends }) => h("tr", {}, h("th", { scope: "row" }, sample), found.map(difference), states.map((name) => difference(ends[name])))),
    ),
    h("p", { class: "ls-note" }, reason),
  );
}

/** One sample's out, of the packed batch or of the padded one. */
function sideOf({ name, bands, more }, sample) {
  const left = more.find((words) => words);
  return h(
    "figure",
    { class: "ls-strip", "data-side": name },
    h("figcaption", {}, h("code", { class: "ls-code" }, `out of sample ${sample}`), h("span", { class: "ls-note" }, name)),
    heat(bands),
    left ? h("p", { class: "ls-note" }, left) : null,
  );
}

/** What torch says, or that it says nothing. */
function says(code, message) {
  return h("p", { class: "ls-torch-says" }, h("code", {}, code), message ? [": torch: ", h("q", {}, message)] : ": torch takes it");
}

function measured(record) {
  const { samples, sample, sides, drawn, shapes, codes, padded, packed, unpacked, flips, sorted_says, total_says, totals, claims } = record;
  return [
    h(
      "div",
      { class: "ls-sides" },
      grid("x, padded", shapes.x, [steps(drawn), padded.map((row, b) => rowOf(b, row.map(token)))], "b·t: sample and step; zeros after the end of a sample", "padded"),
      grid("packed.data", shapes.data, byStep(packed), "what the module reads, step by step, the longest sample first; the backward cell starts where each sample ends", "packed"),
      grid("out, unpacked", shapes.out, [steps(drawn), unpacked.map((row, b) => rowOf(b, row.map(outOf)))], `its first feature; zeros at padding. Outlined: the true last step, ${codes.last}`, "out"),
      parts(record),
      grid(codes.flip, "each sample within its own length", [steps(drawn), flips.map(({ sample, right }) => rowOf(sample, right.map(token)))], "reading order of the backward cell; padding stays behind", "flip"),
      grid(codes.naive, "the whole row", [steps(drawn), flips.map(({ sample, wrong }) => rowOf(sample, wrong.map(token)))], "the mistake: padding comes first, and shifts what is read", "flip-anyway"),
    ),
    h("header", { class: "ls-strips-head" }, h("h3", {}, "Packed, and padded without packing"), h("span", { class: "ls-hint" }, "the same module, given the padded batch as it is"), sampleField(samples, sample), sides[0].bands.map(({ band }) => h("span", { class: `ls-legend ls-${band}` }, ARROWS[band]))),
    h("div", { class: "ls-sides" }, sides.map((each) => sideOf(each, sample))),
    h("p", { class: "ls-note" }, "The largest difference of the two at each step, and in the final states, layer by layer. «=»: the same up to rounding."),
    h("div", { class: "ls-sides" }, record.apart.map((each) => apart(each, drawn))),
    h("h3", {}, "Options"),
    says("enforce_sorted=True", sorted_says),
    h("p", { class: "ls-torch-says" }, "out, unpacked: ", Object.entries(totals).map(([name, shape]) => [h("code", {}, `${name || "without total_length"} ${shape}`), "; "]), "with less than the longest: torch: ", h("q", {}, total_says)),
    h("h3", {}, "Checked on this run"),
    h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
  ];
}

export function lengthsPanel(record) {
  const about = "Samples of one batch differ in length: the shorter ones are padded, and the batch is packed, so that no cell reads padding.";
  return h("div", { class: "ls-lengths-panel" }, h("p", { class: "ls-note" }, about), editor(record), record.without ? h("p", { class: "ls-note" }, record.without) : null, record.drawn.length ? measured(record) : null);
}
