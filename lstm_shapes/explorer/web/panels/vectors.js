// What the usual vectors, and one's own, have read; and the head that fits the chosen one.

import { h } from "../dom.js";
import { tuple } from "../parts/shape.js";
import { sampleField } from "./directions.js";

const PARTS = { forward: "forward half", backward: "backward half", both: "both joined" };

/** A row: the own sample's x, the same of what the last layer reads, or another sample's x. */
function squares({ of, role, squares: filled, count }, part) {
  const label = { own: `${count}`, last: `${count} of y`, foreign: of }[role];
  return h(
    "div",
    { class: `ls-read ls-read-${role}`, role: "img", "aria-label": `${PARTS[part]}: ${count} steps of ${of}`, "data-of": of },
    filled.map((read) => (read === null ? h("span", { class: "ls-gap" }, "…") : h("span", { class: "ls-square", "data-read": String(read) }))),
    h("span", { class: role === "foreign" ? "ls-axis-batch" : "ls-note" }, label),
  );
}

function half({ part, features, rows, more }) {
  return h(
    "div",
    { class: `ls-half ls-${part}`, "data-part": part },
    h("span", { class: "ls-part-name" }, `${PARTS[part]}${features ? "" : ": not in it"}`),
    rows.map((row) => squares(row, part)),
    more ? h("span", { class: "ls-note" }, `and ${more} more samples`) : null,
  );
}

/** Code with the spot that is wrong. */
function faulty({ parts: [before, spot, after], problem, cure }) {
  return h(
    "div",
    { class: "ls-fault", role: "alert" },
    h("code", {}, before, h("mark", {}, spot || " "), after),
    h("p", {}, problem, cure ? [": ", cure] : null),
  );
}

function shapeOf({ sizes, axes }) {
  return [tuple(sizes, axes, "ls-inline"), " ", tuple(axes.map((axis) => axis.name), axes, "ls-note")];
}

function reading(vector, name, chosen) {
  const { code, error, halves, sound, verdict: words, shape } = vector;
  if (error) return h("li", { class: "ls-vector" }, faulty(error));
  return h(
    "li",
    { class: "ls-vector", "data-vector": code, "data-sound": String(sound), "data-shape": shape },
    h(
      "div",
      {},
      h("button", { type: "button", class: "ls-code ls-take", "data-choice": "vector", "data-value": code, "aria-pressed": String(chosen) }, code),
      h("p", { class: "ls-note" }, name, " ", shapeOf(vector)),
      h("p", { class: "ls-verdict-words" }, h("span", { class: sound ? "ls-yes" : "ls-no", role: "img", "aria-label": sound ? "sound" : "not sound" }, sound ? "✓" : "✗"), " ", words),
    ),
    h("div", { class: "ls-halves" }, halves.map(half)),
  );
}

function headOf({ vector, own, head }) {
  if (!head) return null;
  if (head.error) return h("p", { class: "ls-note" }, head.error);
  const linear = tuple(head.sizes, [...own.axes.slice(0, -1), { role: "features" }], "ls-sizes");
  return h(
    "section",
    { class: "ls-head", "aria-label": "Feed the head" },
    h("h3", {}, "Feed the head"),
    h(
      "div",
      { class: "ls-head-body" },
      h(
        "div",
        {},
        h("code", { class: "ls-code" }, vector),
        h("p", {}, shapeOf(own)),
        h("p", {}, h("code", { class: "ls-layer", "data-in-features": head.in_features }, head.layer), " makes of it ", h("span", { "data-head-shape": head.shape }, linear)),
        h("p", {}, h("span", { class: own.sound ? "ls-yes" : "ls-no" }, own.sound ? "✓ " : "✗ "), own.verdict),
      ),
      h("div", {}, h("pre", { class: "ls-program", tabindex: "0", "aria-label": "program" }, head.program), h("button", { type: "button", class: "ls-button", "data-copy": head.program }, "Copy program"), h("span", { class: "ls-shared", role: "status" })),
    ),
  );
}

function classifier(record) {
  if (!record) return null;
  const title = h("h3", {}, "A widely read classifier, run as written");
  if (record.without) return h("section", {}, title, h("p", { class: "ls-note" }, record.without));
  const [written, repaired] = record.sources;
  const row = (each) =>
    h(
      "tr",
      { "data-version": each.version, "data-right": String(each.right) },
      h("td", {}, each.module),
      h("td", {}, each.version),
      h("td", {}, h("code", {}, each.shape)),
      h("td", {}, h("code", {}, each.read)),
      h("td", {}, h("span", { class: each.right ? "ls-yes" : "ls-no" }, each.right ? "✓ sample 0: every step, and nothing else" : "✗ not every step of sample 0, and it alone")),
    );
  return h(
    "section",
    { class: "ls-classifier", "aria-label": "A widely read classifier" },
    title,
    h("p", { class: "ls-note" }, "Given x of (batch, seq, features) = ", h("code", {}, record.input), " as its text says. Without batch_first the first axis is taken for time, and squeeze(0) removes nothing unless there is a single row: the shapes fit all the same, since Linear takes any number of leading axes and as written always meets hidden_size features. So torch has nothing to complain of."),
    h(
      "div",
      { class: "ls-scroll" },
      h(
        "table",
        {},
        h("thead", {}, h("tr", {}, ["module", "version", "it returns", "its first probability has read", "verdict"].map((name) => h("th", { scope: "col" }, name)))),
        h("tbody", {}, record.rows.map(row)),
      ),
    ),
    h("div", { class: "ls-sides" }, h("pre", { class: "ls-program", tabindex: "0", "aria-label": "as written" }, written), h("pre", { class: "ls-program", tabindex: "0", "aria-label": "repaired" }, repaired)),
  );
}

/** The steps' numbers above the squares. */
function numbers(steps, halves) {
  const row = () => h("div", { class: "ls-read" }, steps.map((step) => h("span", { class: "ls-step" }, step)));
  return h("li", { class: "ls-vector ls-times", "aria-hidden": "true" }, h("span", { class: "ls-step" }, "t ="), h("div", { class: "ls-halves" }, halves.map(() => h("div", { class: "ls-half" }, row()))));
}

/** Whether there are layers below the last one. */
function stacked(candidates) {
  return candidates.some(({ halves }) => halves?.some(({ rows }) => rows.some(({ role }) => role === "last")));
}

export function head(record) {
  const { vector, samples, sample, without, candidates, own, steps } = record;
  const listed = candidates.some(({ code }) => code === vector);
  return h(
    "div",
    {},
    h("header", {}, h("h3", {}, "What has this vector read?"), h("span", { class: "ls-note ls-hint" }, "measured: a square is filled where ∂vector/∂x[t] ≠ 0", stacked(candidates) ? "; a low one where ∂vector/∂y[t] ≠ 0, y: what the last layer reads" : null), sampleField(samples, sample)),
    h(
      "form",
      { class: "ls-own", "data-form": "vector" },
      h("label", {}, "your own ", h("input", { type: "text", class: "ls-own-input", value: vector, spellcheck: "false", autocomplete: "off", maxlength: "400", "aria-label": "vector" })),
      h("button", { type: "submit", class: "ls-button" }, "Measure"),
      h("p", { class: "ls-note" }, "of out, h_n, c_n and N, L, D, H_in, H_cell, H_out, num_layers, by [index, slice], cat, stack, view, reshape, flatten, transpose, permute, flip, mean, sum, max, squeeze, unsqueeze"),
    ),
    without ? h("p", { class: "ls-note" }, without) : null,
    h(
      "ul",
      { class: "ls-vectors", style: `--steps: ${steps?.length ?? 0}` },
      candidates.length ? numbers(steps, candidates[0].halves) : null,
      own && !listed ? reading(own, "your own", true) : null,
      candidates.map((each) => reading(each, each.name, each.code === vector)),
    ),
    headOf(record),
    classifier(record.classifier),
  );
}
