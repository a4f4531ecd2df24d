// In a served page the whole state is in the address, and comes back from it. It is read here: a kernel that was
// started beforehand knows no address.

import { observe, read } from "./model.js";

/** @import { Model } from "./model.js" */

const PACE = 250; // milliseconds: browsers allow only so many changes of the address at a time

/**
 * Take over the state in the address, and follow the state from then on, until the signal.
 * @param {Model} model
 * @param {AbortSignal} signal
 */
export function addressBar(model, signal) {
  let timer = 0;
  const open = () => {
    const link = location.hash.slice(1);
    if (link) model.send({ action: "open", link });
  };
  const write = () => history.replaceState(history.state, "", `#${read(model, "share").link}`);
  const follow = () => {
    clearTimeout(timer);
    timer = setTimeout(write, PACE);
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  window.addEventListener("hashchange", open, { signal });
  open();
  observe(model, "share", follow, signal);
}
