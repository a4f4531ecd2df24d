// How wide the picture may be: the kernel draws as many steps as there is room for. And how tall what is said of it.

import { read, tell } from "./model.js";

/** @import { Model } from "./model.js" */

const GRAIN = 8; // pixels: fewer of them make no new picture

/**
 * Tell the kernel the room that there is, now and whenever it changes, until the signal.
 * @param {Model} model
 * @param {Element} place what the picture stands in
 * @param {AbortSignal} signal
 */
export function watchRoom(model, place, signal) {
  const measure = () => {
    const room = Math.floor(place.clientWidth / GRAIN) * GRAIN;
    if (room && room !== read(model, "room")) tell(model, "room", room); // nothing has room where it is not seen
  };
  const watcher = new ResizeObserver(measure);
  watcher.observe(place);
  signal.addEventListener("abort", () => watcher.disconnect(), { once: true });
}

/**
 * Keep the readout as tall as it has been at this width, until the signal: one that shrank would move what is below
 * the pointer, and so change what is pointed at, to and fro without an end.
 * @param {HTMLElement} picture what it stands in
 * @param {Element} says the readout
 * @param {AbortSignal} signal
 */
export function keepTall(picture, says, signal) {
  let [widest, tallest] = [0, 0];
  const watcher = new ResizeObserver(() => {
    const { width, height } = says.getBoundingClientRect();
    if (width !== widest) [widest, tallest] = [width, 0];
    if (height > tallest || !tallest) tallest = height;
    picture.style.setProperty("--ls-tallest", `${tallest}px`);
  });
  watcher.observe(says);
  signal.addEventListener("abort", () => watcher.disconnect(), { once: true });
}
