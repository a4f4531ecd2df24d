// Inside one cell: RNN, GRU and LSTM line by line, on the same input.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";
import { spell } from "../parts/words.js";
import { ARROWS, choice, heat, sampleField, tiles } from "./directions.js";

/** One of a few, as buttons. */
function pick(name, label, values, chosen) {
  if (values.length < 2) return null;
  return h("div", { class: "ls-pick" }, h("span", { class: "ls-note" }, label), h("div", { class: "ls-choices", role: "group", "aria-label": label }, values.map((value) => choice(name, value, String(value) === String(chosen), value))));
}

/** A whole number that is one of the choices. */
export function stepField(name, label, value, least, most) {
  return h("label", { class: "ls-sample" }, `${label} `, h("input", { type: "number", "data-field": name, min: least, max: most, value, "aria-label": label }), ` of ${least} … ${most}`);
}

/** A name, how it is computed, and one sample's numbers. */
function line({ name, formula, rows, uses, cells, more }, kind) {
  return h(
    "li",
    { class: "ls-line", "data-line": name, "data-uses": uses?.join(" ") ?? null, tabindex: uses && "0", "aria-label": uses && `${kind} ${name} = ${formula}: ${cells.map(([text]) => text).join(", ")}` },
    h("b", {}, name),
    formula ? h("div", {}, h("code", {}, formula), rows ? h("span", { class: "ls-note" }, ` rows ${rows}`) : null) : null,
    h("div", { class: "ls-tiles" }, tiles(cells), more ? h("span", { class: "ls-note" }, more) : null),
  );
}

function kindOf({ kind, code, current, weights, inputs, lines, claim: found }) {
  return h(
    "section",
    { class: "ls-kind-of", "data-kind": kind, "data-current": current && "true", "aria-current": current && "true", "aria-label": kind },
    h("h3", {}, kind, current ? h("span", { class: "ls-note" }, " the module above") : null, " ", h("code", { class: "ls-note" }, code)),
    h("ul", { class: "ls-lines ls-inputs" }, inputs.map((each) => line(each, kind))),
    h("ol", { class: "ls-lines" }, lines.map((each) => line(each, kind))),
    h("p", { class: "ls-note ls-rows" }, "weights: ", weights),
    claim("div", found),
  );
}

/** Light the lines that the one at `target` is made of. */
export function lightLines(panel, target) {
  const chosen = target.closest("[data-line]");
  const uses = chosen?.dataset.uses?.split(" ") ?? [];
  for (const each of panel.querySelectorAll("[data-line]")) {
    const kin = each.closest("[data-kind]") === chosen?.closest("[data-kind]");
    each.toggleAttribute("data-used", kin && uses.includes(each.dataset.line));
  }
}

function stripsHead(kind, both) {
  return h(
    "header",
    { class: "ls-strips-head" },
    h("h3", {}, `What nn.${kind} does not return: h and c of every layer and step`),
    both.map((band) => h("span", { class: `ls-legend ls-${band}` }, ARROWS[band])),
  );
}

/** One of h and c over time; the chosen step is outlined. */
function stripOf({ name, of, bands }, time) {
  const chosen = bands[0].columns.findIndex(({ label }) => label === `t=${time}`);
  return h("figure", { class: "ls-strip", "data-strip": name }, h("figcaption", {}, h("code", { class: "ls-code" }, name), h("span", { class: "ls-note" }, of)), heat(bands, chosen));
}

export function cellPanel(record) {
  const { samples, sample, layers, last_layer, layer, directions: both, direction, last, time, says, without, kinds, strips, claims } = record;
  return h(
    "div",
    { class: "ls-cell-panel" },
    h(
      "header",
      {},
      layers.length ? pick("layer", "layer", layers, layer) : stepField("layer", "layer", layer, 0, last_layer),
      pick("direction", "direction", both, direction),
      stepField("time", "t", time, 0, last),
      h("span", { class: "ls-hint" }),
      sampleField(samples, sample),
    ),
    h("p", { class: "ls-scene-says", "aria-live": "polite" }, spell(says)),
    without ? h("p", { class: "ls-note" }, without) : null,
    kinds.length ? h("p", { class: "ls-note" }, "Three modules on the same input, each with its own weights from the same seed; ⊙ multiplies element by element. Point at a line: what it is made of lights up.") : null,
    h("div", { class: "ls-kinds" }, kinds.map(kindOf)),
    strips.length ? stripsHead(kinds.find(({ current }) => current).kind, both) : null,
    h("div", { class: "ls-sides" }, strips.map((each) => stripOf(each, time))),
    h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
  );
}
