// The nodes of the picture: one group for each slice.

import { set } from "./dom.js";

/**
 * Say what a group is; one without a name stands for several slices, and is nothing to point at.
 * @param {SVGGElement} node
 * @param {string} classes
 * @param {string | undefined} name
 */
export function describe(node, classes, name) {
  set(node, "class", classes);
  if (!name) return;
  set(node, "data-slice", name);
  set(node, "role", "button");
}

/**
 * Give what is in a group its place.
 * @param {SVGGElement} node
 * @param {Record<string, string | number>} geometry
 */
export function shape(node, { label, ...geometry }) {
  for (const child of node.children) {
    if (child.tagName === "text") {
      set(child, "x", Number(geometry.x) + Number(geometry.width) / 2);
      set(child, "y", Number(geometry.y) + Number(geometry.height) / 2 + 4);
      if (child.textContent !== label) child.textContent = String(label);
    } else {
      for (const [name, value] of Object.entries(geometry)) set(child, name, value);
    }
  }
}

/**
 * Where the middle of a group stands.
 * @param {SVGGElement} node
 */
export function middle(node) {
  const { x, y, width, height } = node.getBBox();
  return { x: x + width / 2, y: y + height / 2 };
}

/**
 * Light a node, or let it go out.
 * @param {Element | null} node
 * @param {string | undefined} link
 */
export function mark(node, link) {
  if (!node) return;
  if (link) {
    set(node, "data-lit", "true");
    set(node, "data-link", link);
  } else {
    node.removeAttribute("data-lit");
    node.removeAttribute("data-link");
  }
}
