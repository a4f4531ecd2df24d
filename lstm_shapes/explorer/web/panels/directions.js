// The directions panel: walks from out to a merged result; the columns move along.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";
import { spell } from "../parts/words.js";
import { tuple, verdict } from "../parts/shape.js";

export const ARROWS = { forward: "forward →", backward: "← backward" };
const PLAY = { on: "■ stop", off: "▶ play" };

/** A button that sets one of the choices. */
export function choice(name, value, chosen, words) {
  return h("button", { type: "button", class: "ls-choice", "data-choice": name, "data-value": value, "aria-pressed": String(chosen) }, words);
}

/** A button that goes to a step. */
function stepButton(number, at, title) {
  return h("button", { type: "button", class: "ls-choice", "data-choice": "step", "data-value": number, "aria-current": number === at && "step" }, title);
}

/** The batch item that is looked at; set here or below the picture. */
export function sampleField(samples, sample) {
  if (samples === null) return null;
  return h("label", { class: "ls-sample" }, "sample ", h("input", { type: "number", class: "ls-sample-input", min: "0", max: Number(samples) - 1, value: sample, "aria-label": "sample" }), ` of ${samples}`);
}

/** Numbers, darker the farther from zero. */
export function tiles(cells) {
  return cells.map(([text, strength]) => h("span", { class: "ls-num", style: `--v: ${strength}` }, text));
}

/** One step of one direction: its features downwards, darker the farther from zero. */
function column({ key, label, cells }, labelled, marked) {
  const numbers = tiles(cells);
  const spoken = key && cells[0]?.[0] ? `${label} ${cells.map(([text]) => text).join(", ")}`.trim() : null;
  return h(
    "div",
    { class: key ? "ls-column" : "ls-column ls-gap", "data-key": key || null, "data-marked": marked, role: spoken && "img", "aria-label": spoken },
    h("div", { class: "ls-cells" }, key ? numbers : "…"),
    labelled && label && key ? h("span", { class: "ls-step" }, label) : null,
  );
}

/** The columns of each direction, the one above the other; one column may be marked. */
export function heat(bands, mark) {
  const columns = bands.map(({ band, columns: drawn, labelled }) =>
    h("div", { class: `ls-band ls-${band}` }, drawn.map((each, i) => column(each, labelled, mark === i))),
  );
  return columns.length ? h("div", { class: "ls-heat" }, columns) : null;
}

function strip({ code, pattern, order, shape, bands, more, mark, claims }) {
  const left = more.find((words) => words);
  return h(
    "figure",
    { class: "ls-strip", "data-shape": shape.shape, "data-state": shape.state, "data-code": code },
    h(
      "figcaption",
      {},
      h("code", { class: "ls-code" }, code),
      h("span", { class: "ls-strip-shape" }, tuple(shape.sizes, shape.axes, "ls-inline"), " ", tuple(shape.axes.map((axis) => axis.name), shape.axes, "ls-note")),
      h("span", { class: "ls-note" }, order),
      pattern ? h("span", { class: "ls-note ls-pattern" }, "pattern ", h("code", {}, pattern)) : null,
      shape.agrees ? null : verdict(shape),
    ),
    heat(bands, mark?.column),
    mark ? h("code", { class: "ls-mark" }, mark.label) : null,
    left ? h("p", { class: "ls-note" }, left) : null,
    claims.map((each) => claim("div", each)),
  );
}

function merging(merges, chosen) {
  return h("div", { class: "ls-choices", role: "group", "aria-label": "merge" }, Object.keys(merges).map((mode) => choice("merge", mode, mode === chosen, mode)));
}

/** The step that is chosen: from what is on the left to what is on the right. */
function scene({ says, left, right, merges }, { merge }) {
  const results = merges ? [...merges[merge], ...right] : right;
  return h(
    "div",
    { class: "ls-scene" },
    h("p", { class: "ls-scene-says", "aria-live": "polite" }, spell(says)),
    h("div", { class: "ls-from" }, left.map(strip)),
    results.length ? h("div", { class: "ls-to" }, merges ? merging(merges, merge) : null, results.map(strip)) : null,
  );
}

/** The way and the step that there are: with one direction there is less to walk through. */
function here(record, { way, step }) {
  const { steps } = record.ways[way] ?? record.ways.module;
  return { steps, at: Math.min(step, steps.length) };
}

export function directions(record, choices, playing) {
  const { about, samples, sample, bands, ways, claims_title, claims } = record;
  const { steps, at } = here(record, choices);
  return h(
    "div",
    { class: "ls-directions" },
    h(
      "header",
      {},
      h("code", { class: "ls-subtitle" }, about),
      sampleField(samples, sample),
      bands.map((band) => h("span", { class: `ls-legend ls-${band}` }, ARROWS[band])),
    ),
    Object.keys(ways).length > 1
      ? h("div", { class: "ls-choices ls-ways", role: "group", "aria-label": "ways" }, Object.entries(ways).map(([way, { name }]) => choice("way", way, way === choices.way, name)))
      : null,
    h(
      "div",
      { class: "ls-walk" },
      h("div", { class: "ls-choices ls-steps", role: "group", "aria-label": "steps" }, steps.map(({ title }, i) => stepButton(i + 1, at, title))),
      h("button", { type: "button", class: "ls-choice ls-play", "data-play": "", "aria-label": playing ? "stop" : "play" }, playing ? PLAY.on : PLAY.off),
    ),
    scene(steps[at - 1], choices),
    h("h3", {}, claims_title),
    h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
  );
}

/** The step after this one; null after the last. */
export function stepAfter(record, choices) {
  const { steps, at } = here(record, choices);
  return at < steps.length ? at + 1 : null;
}

/** Where every column stands: by its strip, and by what it holds. */
export function places(root) {
  const found = new Map();
  for (const each of root.querySelectorAll("[data-key]")) {
    const { key } = each.dataset;
    const place = each.getBoundingClientRect();
    found.set(key, place); // what was made last is where it comes from
    found.set(`${each.closest(".ls-strip").dataset.code} ${key}`, place);
  }
  return found;
}

/** Let every column glide from where it, or what it was made of, stood before. */
export function glide(root, before) {
  const columns = [...root.querySelectorAll("[data-key]")];
  // A node that is kept may still be on its way to where another column stood.
  columns.forEach((each) => each.getAnimations().forEach((animation) => animation.cancel()));
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const each of columns) {
    const { key } = each.dataset;
    const own = before.get(`${each.closest(".ls-strip").dataset.code} ${key}`);
    const from = own ?? before.get(key) ?? before.get(key.replace("both", "forward"));
    if (!from) continue;
    const to = each.getBoundingClientRect();
    const [dx, dy] = [from.x - to.x, from.y - to.y];
    if (dx || dy) each.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], { duration: 600, easing: "ease-in-out" });
  }
}
