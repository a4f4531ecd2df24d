// The states a run starts from, how far they reach, and a run cut in two.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";
import { tuple, verdict } from "../parts/shape.js";
import { ARROWS, choice, sampleField, tiles } from "./directions.js";
import { stepField } from "./cell.js";

function stateRow({ label, cells, more }) {
  return h("div", { class: "ls-state-row" }, h("code", {}, label), h("div", { class: "ls-tiles ls-both" }, tiles(cells)), more ? h("span", { class: "ls-note" }, more) : null);
}

function stateOf({ name, shape, rows, more }) {
  return h(
    "figure",
    { class: "ls-strip", "data-state-of": name, "data-shape": shape.shape },
    h("figcaption", {}, h("code", { class: "ls-code" }, name), h("span", {}, tuple(shape.sizes, shape.axes, "ls-inline"), " ", tuple(shape.axes.map((axis) => axis.name), shape.axes, "ls-note")), shape.agrees ? null : verdict(shape)),
    h("div", { class: "ls-heat" }, rows.map(stateRow)),
    more ? h("p", { class: "ls-note" }, more) : null,
  );
}

function distance(band, { label, cells }) {
  return h(
    "div",
    { class: "ls-column", role: "img", "aria-label": `${band} ${label}: ${cells[0][0] || "padding"}` },
    h("div", { class: "ls-cells" }, tiles(cells)),
    h("span", { class: "ls-step" }, label),
  );
}

/** How far two outs are apart at each step. */
function distances(apart, kind) {
  return h(
    "div",
    { class: "ls-heat", "data-apart-of": kind },
    apart.map(({ band, columns }) => h("div", { class: `ls-band ls-${band}` }, h("span", { class: "ls-part-name" }, ARROWS[band]), columns.map((each) => distance(band, each)))),
  );
}

/** Of whom the numbers are; the claims are of all. */
function ofSample(samples, sample) {
  return samples === null ? "" : ` of sample ${sample}`;
}

function chunked({ last, at, without, apart, claims }, of) {
  return h(
    "section",
    { class: "ls-chunks", "aria-label": "In two chunks" },
    h("header", {}, h("h3", {}, "In two chunks, the states carried over"), without ? null : stepField("chunk", "cut at t", at, 1, last)),
    without ? h("p", { class: "ls-note" }, without) : [h("p", { class: "ls-note" }, `|out in chunks − out of the whole|${of}, the largest at each step:`), distances(apart, "chunks"), h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each)))],
  );
}

export function statesPanel({ samples, sample, starts, start, says, without, states, apart, claims, chunks }) {
  return h(
    "div",
    { class: "ls-states-panel" },
    h(
      "header",
      {},
      h("div", { class: "ls-choices", role: "group", "aria-label": "start" }, starts.map((each) => choice("start", each, each === start, each))),
      h("span", { class: "ls-hint" }, says),
      sampleField(samples, sample),
    ),
    without ? h("p", { class: "ls-note" }, without) : null,
    h("div", { class: "ls-sides" }, states.map(stateOf)),
    apart.length ? [h("h3", {}, "How far it reaches"), h("p", { class: "ls-note" }, `|out from these states − out from zeros|${ofSample(samples, sample)}, the largest at each step:`), distances(apart, "start")] : null,
    h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
    chunks ? chunked(chunks, ofSample(samples, sample)) : null,
  );
}
