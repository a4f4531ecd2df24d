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
 * the pointer, and so change what is pointed at, to and fro without an end. And say of the picture whether it is
 * higher than the window.
 * @param {HTMLElement} picture what it stands in
 * @param {HTMLElement} says the readout
 * @param {AbortSignal} signal
 */
export function keepTall(picture, says, signal) {
  let [widest, tallest] = [0, 0];
  const watcher = new ResizeObserver(() => {
    // Whole pixels, as the style has them, whatever the zoom of a full screen: one more, for the rest of one.
    const { offsetWidth, offsetHeight } = says;
    if (offsetWidth !== widest) [widest, tallest] = [offsetWidth, 0];
    if (offsetHeight > tallest) tallest = offsetHeight + 1;
    picture.style.setProperty("--ls-tallest", `${tallest}px`);
    picture.toggleAttribute("data-high", picture.getBoundingClientRect().height > innerHeight);
  });
  watcher.observe(says);
  watcher.observe(picture);
  signal.addEventListener("abort", () => watcher.disconnect(), { once: true });
}
