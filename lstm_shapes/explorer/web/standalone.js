// The picture as a document of its own.

import { s } from "./dom.js";
import { wrap } from "./wrap.js";

const LINE = 16; // pixels
const INTERACTIVE = ["tabindex", "role", "aria-label", "aria-pressed", "data-id"];

/**
 * An SVG document: what is lit stays lit, with a caption below.
 * @param {SVGSVGElement} svg
 * @param {string} style
 * @param {{ title: string, caption_width: number }} page
 * @param {string} caption
 */
export function standalone(svg, style, { title, caption_width }, caption) {
  const { y: top, width, height: drawn } = svg.viewBox.baseVal;
  const lines = wrap(caption, caption_width);
  const height = drawn + LINE * lines.length + 8;
  const alone = /** @type {SVGSVGElement} */ (svg.cloneNode(true));
  for (const node of alone.querySelectorAll(".ls-hit")) node.remove();
  for (const node of [alone, ...alone.querySelectorAll("[data-id]")]) {
    for (const name of INTERACTIVE) node.removeAttribute(name);
  }
  const place = { width, height, viewBox: `0 ${top} ${width} ${height}` };
  for (const [name, value] of Object.entries(place)) alone.setAttribute(name, String(value));
  alone.prepend(
    s("title", {}, title),
    s("style", {}, style),
    s("rect", { y: top, width: "100%", height: "100%", style: "fill:#fff;stroke:none" }),
  );
  alone.append(...lines.map((line, i) => s("text", { x: 10, y: LINE * (i + 1), class: "ls-t-note" }, line)));
  return new XMLSerializer().serializeToString(alone);
}
