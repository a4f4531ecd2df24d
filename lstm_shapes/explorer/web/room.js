// How wide the picture may be: the kernel draws as many steps as there is room for.

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
