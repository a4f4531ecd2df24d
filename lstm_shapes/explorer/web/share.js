// What can be taken away: the address, the code, the picture.

import { addressOf, isLocal, settled } from "./address.js";
import { copy } from "./copy.js";
import { h } from "./dom.js";
import { read } from "./model.js";
import { standalone } from "./standalone.js";

/** @import { Callback, Model } from "./model.js" */
/** @import { PageRecord, ShareButton, ShareRecord } from "./records.js" */
/** @import { Figure } from "./picture.js" */

const LATEST = 2000; // milliseconds that are waited for the kernel
const KEPT = 60_000; // and that a file stays to be fetched

/**
 * The buttons, and where it is said what became of them.
 * @param {ShareButton[]} buttons
 */
export function shareButtons(buttons) {
  const made = buttons.map(({ words }) =>
    h("button", { type: "button", class: "ls-button", "data-share": words }, words),
  );
  const said = h("span", { class: "ls-shared", role: "status" });
  return { root: h("div", { class: "ls-share" }, made, said), made, said };
}

/**
 * Let each button do what its record says, until the signal.
 * @param {Model} model
 * @param {ReturnType<typeof shareButtons>} share
 * @param {ShareButton[]} buttons
 * @param {PageRecord} page
 * @param {Figure} figure
 * @param {AbortSignal} signal
 */
export function takeAway(model, share, buttons, page, figure, signal) {
  const drawing = () => {
    // The colours that are seen: whatever decides on them says it of the page.
    const dark = getComputedStyle(figure.svg).colorScheme === "dark";
    const style = read(model, "svg_style")[dark ? "dark" : "light"];
    return standalone(figure.svg, style, page.title, read(model, "picture"), figure.caption());
  };
  /** @type {(text: string) => Promise<void>} */
  const handOut = (text) => copy(text, share.said, page);
  const handOutLink = () => copy(addressOf(model), share.said, page, isLocal(location) ? page.local : "");
  /** @type {Record<ShareButton["way"], () => Promise<void>>} */
  const ways = {
    link: async () => shareOf(model, signal).then(handOutLink),
    call: async () => handOut((await shareOf(model, signal)).call),
    code: async () => handOut((await shareOf(model, signal)).script),
    svg: async () => save(new Blob([drawing()], { type: "image/svg+xml" }), "lstm.svg", signal),
    png: async () => save(await pixels(drawing()), "lstm.png", signal),
    csv: async () => model.send({ action: "numbers", format: "csv" }),
    pt: async () => model.send({ action: "numbers", format: "pt" }),
  };
  /** @type {Callback} */
  const arrived = (content, buffers) => {
    const { file, refused } = /** @type {{ file?: string, refused?: string }} */ (content ?? {});
    if (!file) return;
    share.said.replaceChildren(refused ?? "");
    if (!refused && buffers?.length) save(new Blob([/** @type {BlobPart} */ (buffers[0])]), file, signal);
  };
  model.on("msg:custom", arrived);
  signal.addEventListener("abort", () => model.off("msg:custom", arrived), { once: true });
  for (const [i, { way }] of buttons.entries()) share.made[i].addEventListener("click", ways[way], { signal });
}

/**
 * What the kernel hands out for what is shown and the slice that is pinned: it may be on its way.
 * @param {Model} model
 * @param {AbortSignal} signal
 * @returns {Promise<ShareRecord>}
 */
function shareOf(model, signal) {
  return new Promise((resolve) => {
    const end = () => {
      model.off("change:share", look);
      signal.removeEventListener("abort", end);
      clearTimeout(late);
      resolve(read(model, "share"));
    };
    const look = () => {
      if (settled(model)) end();
    };
    // A kernel that is gone answers nothing: then it is what was handed out last.
    const late = setTimeout(end, LATEST);
    signal.addEventListener("abort", end);
    model.on("change:share", look);
    look();
  });
}

/**
 * Hand a file to the browser.
 * @param {Blob} blob
 * @param {string} name
 * @param {AbortSignal} signal
 */
function save(blob, name, signal) {
  const link = h("a", { href: URL.createObjectURL(blob), download: name });
  link.click();
  const forget = () => {
    clearTimeout(timer);
    signal.removeEventListener("abort", forget);
    URL.revokeObjectURL(link.href);
  };
  const timer = setTimeout(forget, KEPT);
  signal.addEventListener("abort", forget);
}

/**
 * An SVG document as pixels, two for one.
 * @param {string} text
 * @returns {Promise<Blob>}
 */
async function pixels(text) {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  await image.decode();
  const canvas = h("canvas", { width: 2 * image.width, height: 2 * image.height });
  canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("toBlob"))), "image/png");
  });
}
