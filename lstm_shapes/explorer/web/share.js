// What can be taken away: the address, the code, the picture.

import { h, s } from "./dom.js";

/** The buttons; a served page has an address of its own, a notebook a call. */
export function shareButtons(served) {
  const names = [served ? "Copy link" : "Copy call", "Copy code", "Save SVG", "Save PNG"];
  return h(
    "div",
    { class: "ls-share" },
    names.map((name) => h("button", { type: "button", class: "ls-button", "data-share": name }, name)),
    h("span", { class: "ls-shared", role: "status" }),
  );
}

/** Put text where Ctrl+V finds it; where a page may not, show it to be copied by hand. */
export async function copy(text, shared) {
  try {
    await navigator.clipboard.writeText(text);
    shared.replaceChildren("copied");
  } catch {
    const field = h("textarea", { readonly: "", rows: "2", "aria-label": "to be copied" }, text);
    shared.replaceChildren("this page may not copy by itself: ", field);
    field.select();
  }
}

/** The picture as a document of its own: what is lit stays lit, with the sentence below. */
export function standalone(svg, style, caption) {
  const [, top, width, drawn] = svg.getAttribute("viewBox").split(" ").map(Number);
  const lines = wrap(caption, 130);
  const height = drawn + 16 * lines.length + 8;
  const alone = svg.cloneNode(true);
  alone.querySelectorAll(".ls-hit").forEach((node) => node.remove());
  for (const node of [alone, ...alone.querySelectorAll("[data-id]")]) {
    for (const name of ["tabindex", "role", "aria-label", "aria-pressed", "data-id"]) node.removeAttribute(name);
  }
  for (const [name, value] of Object.entries({ width, height, viewBox: `0 ${top} ${width} ${height}` })) alone.setAttribute(name, value);
  alone.prepend(
    s("title", {}, "Which cell wrote which slice"),
    s("style", {}, style),
    s("rect", { y: top, width: "100%", height: "100%", style: "fill:#fff;stroke:none" }),
  );
  alone.append(...lines.map((line, i) => s("text", { x: 10, y: 16 * (i + 1), class: "ls-t-note" }, line)));
  return new XMLSerializer().serializeToString(alone);
}

function wrap(text, width) {
  const lines = [""];
  for (const word of text.split(/\s+/)) {
    if (lines.at(-1).length + word.length >= width) lines.push("");
    lines.push(`${lines.pop()}${word} `);
  }
  return lines.map((line) => line.trim()).filter(Boolean);
}

/** Hand a file to the browser. */
export function save(blob, name) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** An SVG document as pixels, two for one. */
export async function pixels(text) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = h("canvas", { width: 2 * image.width, height: 2 * image.height });
  canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}
