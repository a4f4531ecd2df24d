// The tensor cards: shape, names, verdict, and the tensor itself as a block.

import { solid } from "./block.js";
import { h } from "./dom.js";
import { tuple, verdict } from "./parts/shape.js";

/** @import { CardRecord, HandleRecord, ShapeRecord } from "./records.js" */

const BESIDE = 10; // characters of a shape that fit beside the block

/**
 * The sizes, which can be pointed at, the names and the symbols of the axes.
 * @param {ShapeRecord} shape
 * @param {HandleRecord[]} handles
 */
function shapeLines({ sizes, axes }, handles) {
  /** @type {(i: number) => Record<string, string>} */
  const handle = (i) => ({
    "data-id": handles[i].id,
    "data-slice": handles[i].slice,
    role: "button",
    tabindex: i ? "-1" : "0",
    "aria-label": handles[i].words,
  });
  const names = axes.map(({ name }) => name);
  const symbols = axes.map(({ symbol }) => symbol);
  return [tuple(sizes, axes, "ls-sizes", handle), tuple(names, axes, "ls-names"), tuple(symbols, axes, "ls-symbols")];
}

/**
 * The verdict; while a new one is on its way, the last one.
 * @param {ShapeRecord} shape
 * @param {ShapeRecord | null} kept
 */
function verdictOf(shape, kept) {
  const line = verdict(kept ?? shape);
  if (kept) {
    line.classList.add("ls-late");
    line.setAttribute("aria-busy", "true");
  }
  return line;
}

/**
 * A card.
 * @param {CardRecord} record
 * @param {ShapeRecord | null} kept whose verdict stays, while the new shape is predicted only for the moment
 * @param {string} instead what stands for the verdict where none is live
 */
export function card({ tensor, meaning, words, shape, block, handles }, kept, instead) {
  const head = h("div", { class: "ls-name" }, h("b", {}, tensor), h("span", {}, meaning));
  if (!shape || !block) return h("section", { class: "ls-card ls-absent" }, head);
  const [sizes, names, symbols] = shapeLines(shape, handles);
  const beside = shape.sizes.join(", ").length < BESIDE;
  const carried = { "data-tensor": tensor, "data-shape": shape.shape, "data-state": shape.state };
  return h(
    "section",
    { class: `ls-card ls-${(kept ?? shape).state}`, "aria-label": words, ...carried },
    h("div", { class: "ls-card-head" }, h("div", {}, head, beside ? sizes : null), solid(block, shape.axes)),
    beside ? null : sizes,
    names,
    symbols,
    instead ? h("div", { class: "ls-verdict ls-invalid" }, instead) : verdictOf(shape, kept),
  );
}
