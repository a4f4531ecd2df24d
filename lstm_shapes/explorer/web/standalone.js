// The picture as a document of its own.

import { s } from "./dom.js";
import { wrap } from "./wrap.js";

/** @import { PictureRecord } from "./records.js" */

const LINE = 16; // pixels
const INTERACTIVE = ["tabindex", "role", "aria-label", "aria-pressed", "data-id"];

/**
 * An SVG document: what is lit stays lit, with title and legend above and a caption below.
 * @param {SVGSVGElement} svg
 * @param {string} style
 * @param {string} title
 * @param {Pick<PictureRecord, "legend" | "head" | "caption_width">} picture
 * @param {string} caption
 */
export function standalone(svg, style, title, { legend, head, caption_width }, caption) {
  const { y: drawnTop, width, height: drawn } = svg.viewBox.baseVal;
  const top = drawnTop - head;
  const lines = wrap(caption, caption_width);
  const height = drawn + head + LINE * lines.length + 8;
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
    s("rect", { class: "ls-paper", y: top, width: "100%", height: "100%" }),
    s("text", { x: 10, y: top + 18, class: "ls-t-title" }, title),
    ...legend.flatMap(([x, y, classes, link, words]) => [
      s(
        "g",
        { class: `ls-key ${classes}`, "data-link": link || null },
        s("rect", { x, y: y + top, width: 12, height: 12, rx: 3 }),
      ),
      s("text", { x: x + 18, y: y + 10 + top, class: "ls-t-key" }, words),
    ]),
  );
  alone.append(...lines.map((line, i) => s("text", { x: 10, y: LINE * (i + 1), class: "ls-t-note" }, line)));
  return new XMLSerializer().serializeToString(alone);
}
