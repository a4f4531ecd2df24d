// In a served page the whole state is in the address, and comes back from it. It is read here: a kernel that was
// started beforehand knows no address. Each explorer of a page has its own part of it.

import { observe, read } from "./model.js";

/** @import { Model } from "./model.js" */

const PACE = 250; // milliseconds: browsers allow only so many changes of the address at a time
const BETWEEN = ";"; // between the parts, in the order in which the kernel made the explorers

/** The parts of the address. */
const parts = () => location.hash.slice(1).split(BETWEEN);

/**
 * The address as it stands, with this explorer's part anew.
 * @param {Model} model
 */
export function addressOf(model) {
  const own = read(model, "place");
  const all = parts();
  while (all.length <= own) all.push("");
  all[own] = read(model, "share").link;
  return `${location.href.split("#", 1)[0]}#${all.join(BETWEEN)}`;
}

/**
 * Take over the state in the address, and follow the state from then on, until the signal.
 * @param {Model} model
 * @param {AbortSignal} signal
 */
export function addressBar(model, signal) {
  let timer = 0;
  const open = () => {
    const all = parts();
    const link = all[read(model, "place")];
    if (link) model.send({ action: "open", link, parts: all.length });
  };
  const write = () => history.replaceState(history.state, "", addressOf(model));
  const follow = () => {
    clearTimeout(timer);
    timer = setTimeout(write, PACE);
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  window.addEventListener("hashchange", open, { signal });
  open();
  observe(model, "share", follow, signal);
}
