// A tensor as a block, its axes in proportion.

import { s } from "./dom.js";

/** @import { AxisRecord, BlockRecord, SliceRecord } from "./records.js" */
/** @typedef {[number, number]} Extent */

const LEFT = 31; // room for the name of the axis that runs down
const ABOVE = 11; // and of the one that runs to the back
const SLANT = 0.42;

/**
 * Where a point stands that is given in pixels along each axis: the last axis runs to the right, the one before it
 * down, the first of three to the back.
 * @param {number[]} sides
 */
export function projection(sides) {
  const [depth, height, width] = sides.length === 3 ? sides : [0, ...sides];
  const top = depth * SLANT + ABOVE;
  /** @type {(back: number, down: number, right: number) => string} */
  const at = (back, down, right) => {
    return `${(LEFT + right + back * SLANT).toFixed(1)} ${(top + down - back * SLANT).toFixed(1)}`;
  };
  return { at, depth, height, width, top };
}

/**
 * The three faces that are seen of a part of the block; a part without depth has one.
 * @param {ReturnType<typeof projection>} place
 * @param {Extent[]} extents
 */
export function faces({ at }, [[a, b], [c, d], [e, f]]) {
  /** @type {(...points: string[]) => string} */
  const face = (...points) => `M${points.join("L")}Z`;
  const front = face(at(a, c, e), at(a, c, f), at(a, d, f), at(a, d, e));
  if (b <= a) return front;
  const above = face(at(a, c, e), at(a, c, f), at(b, c, f), at(b, c, e));
  return front + above + face(at(a, c, f), at(b, c, f), at(b, d, f), at(a, d, f));
}

/**
 * The block of a card, with room for slices in it.
 * @param {BlockRecord} block
 * @param {AxisRecord[]} axes
 */
export function solid({ sides, names, room }, axes) {
  const place = projection(sides);
  const { depth, height, width, top } = place;
  /** @type {[number, number, string][]} */
  const labels = [
    [LEFT - 4, top + height / 2 + 3, "end"],
    [LEFT + width / 2, top + height + 10, "middle"],
  ];
  if (sides.length === 3) labels.unshift([LEFT + depth * SLANT - 4, ABOVE - 3, "start"]);
  const w = (LEFT + room + room * SLANT + 2).toFixed(0);
  const t = (ABOVE + room * SLANT + room + 12).toFixed(0);
  /** @type {Extent[]} */
  const whole = [
    [0, depth],
    [0, height],
    [0, width],
  ];
  const frame = { viewBox: `0 0 ${w} ${t}`, width: w, height: t, "aria-hidden": "true" };
  return s(
    "svg",
    { class: "ls-block", ...frame, "data-block": sides.join(",") },
    s("path", { class: "ls-solid", d: faces(place, whole) }),
    s("g", { class: "ls-slabs" }),
    labels.map(([x, y, anchor], i) =>
      s("text", { x, y, "text-anchor": anchor, class: `ls-axis-${axes[i].role}` }, names[i]),
    ),
  );
}

/**
 * A slice in its tensor's block.
 * @param {SVGElement} svg
 * @param {NonNullable<SliceRecord["where"]>} where the part of each axis; null for all of it
 * @param {string} link
 * @param {string} classes
 */
export function slab(svg, where, link, classes) {
  const sides = (svg.dataset.block ?? "").split(",").map(Number);
  /** @type {Extent[]} */
  const extents = where.map((part, i) => [(part?.[0] ?? 0) * sides[i], (part?.[1] ?? 1) * sides[i]]);
  if (extents.length === 2) extents.unshift([0, 0]);
  return s("path", { class: `ls-slab ${classes}`, "data-link": link, d: faces(projection(sides), extents) });
}
