// A tensor's shape, every entry in its axis' colour, and what the two sources say of it.

import { h } from "../dom.js";

/** @import { ShapeRecord } from "../records.js" */

/**
 * "(3, 5, 6)", every entry in its axis' colour; `extra` gives an entry's attributes.
 * @param {readonly string[]} entries
 * @param {readonly { role: string }[]} axes
 * @param {string} className
 * @param {(i: number) => Record<string, string>} [extra]
 */
export function tuple(entries, axes, className, extra = () => ({})) {
  const parts = entries.map((entry, i) => [
    i ? ", " : "",
    h("span", { class: `ls-axis-${axes[i].role}`, ...extra(i) }, entry),
  ]);
  return h("span", { class: className }, "(", ...parts.flat(), entries.length === 1 ? ",)" : ")");
}

/**
 * The sizes of a shape, and the names of its axes.
 * @param {readonly string[]} sizes
 * @param {readonly { role: string, name: string }[]} axes
 * @param {string} className of the sizes
 */
export function namedSizes(sizes, axes, className) {
  const names = axes.map((axis) => axis.name);
  return [tuple(sizes, axes, className), " ", tuple(names, axes, "ls-note")];
}

/**
 * What the two sources say of each other; out loud if they disagree.
 * @param {ShapeRecord} shape
 */
export function verdict({ agrees, state, verdict }) {
  if (!agrees) return h("div", { class: "ls-verdict ls-wrong", role: "alert" }, verdict);
  return h("div", { class: `ls-verdict ls-${state}` }, verdict);
}
