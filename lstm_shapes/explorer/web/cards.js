// The tensor cards: shape, names, verdict, and the tensor itself as a block.

import { h, s } from "./dom.js";
import { tuple, verdict } from "./parts/shape.js";

function shapeLines(tensor, shape) {
  const handle = (i) => ({
    "data-id": `axis.${tensor}.${i}`,
    "data-slice": `${tensor}.shape[${i}]`,
    role: "button",
    tabindex: i ? "-1" : "0",
    "aria-label": `${tensor}, axis ${i}: ${shape.axes[i].name}, ${shape.sizes[i]}`,
  });
  return [
    tuple(shape.sizes, shape.axes, "ls-sizes", handle),
    tuple(shape.axes.map((axis) => axis.name), shape.axes, "ls-names"),
    tuple(shape.axes.map((axis) => axis.symbol), shape.axes, "ls-symbols"),
  ];
}

export function card({ tensor, meaning, shape, block }) {
  const head = h("div", { class: "ls-name" }, h("b", {}, tensor), h("span", {}, meaning));
  if (!shape) return h("section", { class: "ls-card ls-absent" }, head);
  const axes = shape.axes.map((axis, i) => `${axis.name} ${shape.sizes[i]}`).join(", ");
  const [sizes, names, symbols] = shapeLines(tensor, shape);
  const beside = shape.sizes.join(", ").length < 10; // what fits beside the block
  return h(
    "section",
    {
      class: `ls-card ls-${shape.state}`,
      "aria-label": `${tensor}: ${axes}`,
      "data-tensor": tensor,
      "data-shape": shape.shape,
      "data-state": shape.state,
    },
    h("div", { class: "ls-card-head" }, h("div", {}, head, beside ? sizes : null), solid(block, shape.axes)),
    beside ? null : sizes,
    names,
    symbols,
    verdict(shape),
  );
}

const LEFT = 31; // room for the name of the axis that runs down
const ABOVE = 11; // and of the one that runs to the back
const SLANT = 0.42;
const LONGEST = 38;
const LABELS = { "layer × direction": "rows" };

/** Where a point stands that is given in pixels along each axis: the last axis runs to the
 *  right, the one before it down, the first to the back. */
function projection(block) {
  const [depth, height] = block.length === 3 ? block : [0, block[0]];
  const top = depth * SLANT + ABOVE;
  const at = (back, down, right) => `${(LEFT + right + back * SLANT).toFixed(1)} ${(top + down - back * SLANT).toFixed(1)}`;
  return { at, depth, height, width: block.at(-1), top };
}

/** The three faces that are seen of a part of the block. */
function faces({ at }, [[a, b], [c, d], [e, f]]) {
  const face = (...points) => `M${points.join("L")}Z`;
  return (
    face(at(a, c, e), at(a, c, f), at(a, d, f), at(a, d, e)) +
    (b > a
      ? face(at(a, c, e), at(a, c, f), at(b, c, f), at(b, c, e)) +
        face(at(a, c, f), at(b, c, f), at(b, d, f), at(a, d, f))
      : "")
  );
}

/** A tensor as a block, its axes in proportion. */
function solid(block, axes) {
  const place = projection(block);
  const { depth, height, width, top } = place;
  const labels = [
    [LEFT - 4, top + height / 2 + 3, "end"],
    [LEFT + width / 2, top + height + 10, "middle"],
  ];
  if (block.length === 3) labels.unshift([LEFT + depth * SLANT - 4, ABOVE - 3, "start"]);
  const [w, t] = [LEFT + LONGEST + LONGEST * SLANT + 2, ABOVE + LONGEST * SLANT + LONGEST + 12];
  return s(
    "svg",
    { class: "ls-block", viewBox: `0 0 ${w.toFixed(0)} ${t.toFixed(0)}`, width: w.toFixed(0), height: t.toFixed(0), "aria-hidden": "true", "data-block": block.join(",") },
    s("path", { class: "ls-solid", d: faces(place, [[0, depth], [0, height], [0, width]]) }),
    s("g", { class: "ls-slabs" }),
    labels.map(([x, y, anchor], i) =>
      s("text", { x, y, "text-anchor": anchor, class: `ls-axis-${axes[i].role}` }, LABELS[axes[i].name] ?? axes[i].name),
    ),
  );
}

/** A slice in its tensor's block; `where` is the part of each axis, or null for all of it. */
export function slab(svg, where, link, classes) {
  const block = svg.dataset.block.split(",").map(Number);
  const place = projection(block);
  const parts = where.map((part, i) => (part ?? [0, 1]).map((end) => end * block[i]));
  if (parts.length === 2) parts.unshift([0, 0]);
  return s("path", { class: `ls-slab ${classes}`, "data-link": link, d: faces(place, parts) });
}
