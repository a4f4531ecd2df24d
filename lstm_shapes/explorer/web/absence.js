// What the page says, and how it looks, while no kernel is behind it.

import { h } from "./dom.js";
import { notice } from "./notices.js";

/** @import { Absence } from "./pulse.js" */
/** @import { AbsenceRecord } from "./records.js" */

const SETTLED = 30_000; // milliseconds after which a page that was opened anew may do so again by itself

/** Whether the page has just been opened anew: one that always loses its kernel would do so for ever. */
function justReloaded() {
  const [opened] = performance.getEntriesByType("navigation");
  return opened instanceof PerformanceNavigationTiming && opened.type === "reload" && performance.now() < SETTLED;
}

/**
 * Say what became of the kernel, or nothing if it is there; what it made is marked, and stays. A served
 * page has its state in its address, and goes on from there by itself.
 * @param {Element} el where the page is drawn
 * @param {Element} place where it is said
 * @param {Absence | null} absence
 * @param {Record<Absence, AbsenceRecord>} words
 * @param {string} call what starts the explorer where it was
 */
export function showAbsence(el, place, absence, words, call) {
  const app = el.closest(".ls-app");
  app?.toggleAttribute("data-absent", absence !== null);
  app?.querySelector(".ls-rail")?.toggleAttribute("inert", absence !== null);
  if (!absence) {
    place.replaceChildren();
    return;
  }
  const { heading, text, button } = words[absence];
  const code = button || absence === "lost" ? "" : call;
  const said = notice({ tone: "error", heading, text, code, argument: "", link: "" }, "");
  if (button) {
    const anew = h("button", { type: "button", class: "ls-button" }, button);
    anew.addEventListener("click", () => location.reload());
    said.append(anew);
    if (!justReloaded()) location.reload();
  }
  place.replaceChildren(said);
}
