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
  while (all.at(-1) === "") all.pop();
  const bare = location.href.split("#", 1)[0];
  return all.length ? `${bare}#${all.join(BETWEEN)}` : bare;
}

/**
 * Whether an address leads to this machine only.
 * @param {{ protocol: string, hostname: string }} address
 */
export function isLocal({ protocol, hostname }) {
  return protocol === "file:" || /^(localhost|127(\.\d+){3}|\[::1\])$|\.(local|localhost)$/.test(hostname);
}

/**
 * Whether what is handed out is of what is shown: if not, it is on its way.
 * @param {Model} model
 */
export function settled(model) {
  const { pinned, showing } = read(model, "share");
  return pinned === read(model, "selection") && showing === read(model, "view").showing;
}

/**
 * Take over the state in the address, and follow the state from then on, until the signal. A change makes an entry
 * in the browser's history once it has settled; what was opened there makes none.
 * @param {Model} model
 * @param {AbortSignal} signal
 */
export function addressBar(model, signal) {
  let timer = 0;
  let held = false; // a slider is being dragged
  let opening = false;
  const visit = () => {
    const all = parts();
    const link = all[read(model, "place")] ?? "";
    if (link === read(model, "share").link) return;
    clearTimeout(timer);
    opening = true;
    model.send({ action: "visit", link, parts: all.length });
  };
  const write = () => {
    if (held) follow();
    if (held || !settled(model)) return;
    const address = addressOf(model);
    if (address !== location.href && opening) history.replaceState(history.state, "", address);
    else if (address !== location.href) history.pushState(history.state, "", address);
    opening = false;
  };
  const follow = () => {
    clearTimeout(timer);
    timer = setTimeout(write, PACE);
  };
  const hold = (/** @type {Event} */ event) => {
    held = event.type === "pointerdown";
  };
  signal.addEventListener("abort", () => clearTimeout(timer), { once: true });
  for (const name of ["pointerdown", "pointerup", "pointercancel"]) {
    window.addEventListener(name, hold, { capture: true, signal });
  }
  // Back and Forward change the part behind the # too.
  window.addEventListener("hashchange", visit, { signal });
  visit();
  observe(model, "share", follow, signal);
}
