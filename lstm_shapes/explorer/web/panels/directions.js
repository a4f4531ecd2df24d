// The directions panel: walks from out to a merged result; the columns move along.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { choice, sampleField } from "../parts/fields.js";
import { legend } from "../parts/legend.js";
import { walkScene } from "./walk.js";

/** @import { DirectionsPanel } from "../records.js" */
/** @typedef {{ way: string, step: number, merge: string }} Walked */

/**
 * A button that goes to a step.
 * @param {number} number
 * @param {number} at
 * @param {string} title
 */
function stepButton(number, at, title) {
  return h(
    "button",
    {
      type: "button",
      class: "ls-choice",
      "data-choice": "step",
      "data-value": number,
      "aria-current": number === at && "step",
    },
    title,
  );
}

/**
 * The ways there are; nothing where there is one.
 * @param {DirectionsPanel["ways"]} ways
 * @param {string} chosen
 */
function wayButtons(ways, chosen) {
  const listed = Object.entries(ways);
  if (listed.length < 2) return null;
  const buttons = listed.map(([way, { name }]) => choice("way", way, way === chosen, name));
  return h("div", { class: "ls-choices ls-ways", role: "group", "aria-label": "ways" }, buttons);
}

/**
 * The way and the step that there are: with one direction there is less to walk through.
 * @param {DirectionsPanel} record
 * @param {Walked} choices
 */
function here(record, { way, step }) {
  const { steps } = record.ways[way] ?? record.ways.module;
  return { steps, at: Math.min(step, steps.length) };
}

/**
 * @param {DirectionsPanel} record
 * @param {Walked} choices
 * @param {boolean} playing
 */
export function directionsPanel(record, choices, playing) {
  const { about, sample_field, legend: colours, ways, strips, play, claims_title, claims } = record;
  const { steps, at } = here(record, choices);
  return h(
    "div",
    {},
    h(
      "header",
      {},
      h("code", { class: "ls-subtitle" }, about),
      sampleField(sample_field),
      colours.map(({ band, words }) => legend(band, words)),
    ),
    wayButtons(ways, choices.way),
    h(
      "div",
      { class: "ls-walk" },
      h(
        "div",
        { class: "ls-choices ls-steps", role: "group", "aria-label": "steps" },
        steps.map(({ title }, i) => stepButton(i + 1, at, title)),
      ),
      h(
        "button",
        { type: "button", class: "ls-choice ls-play", "data-play": "", "aria-label": playing ? play.stop : play.play },
        playing ? `■ ${play.stop}` : `▶ ${play.play}`,
      ),
    ),
    walkScene(steps[at - 1], strips, choices.merge),
    h("h3", {}, claims_title),
    claimList(claims),
  );
}

/**
 * The step after this one; null after the last.
 * @param {DirectionsPanel} record
 * @param {Walked} choices
 */
export function stepAfter(record, choices) {
  const { steps, at } = here(record, choices);
  return at < steps.length ? at + 1 : null;
}

/**
 * A column's name, in its own strip and in all of them.
 * @param {HTMLElement} column
 */
function namesOf(column) {
  const key = column.dataset.key ?? "";
  const strip = /** @type {HTMLElement | null} */ (column.closest(".ls-strip"));
  return { key, own: `${strip?.dataset.code} ${key}` };
}

/**
 * @param {HTMLElement} root
 * @returns {HTMLElement[]}
 */
function columnsOf(root) {
  return [...root.querySelectorAll("[data-key]")].filter((each) => each instanceof HTMLElement);
}

/**
 * Where every column stands: by its strip, and by what it holds.
 * @param {HTMLElement} root
 */
export function places(root) {
  /** @type {Map<string, DOMRect>} */
  const found = new Map();
  for (const each of columnsOf(root)) {
    const { key, own } = namesOf(each);
    const place = each.getBoundingClientRect();
    found.set(key, place); // what was made last is where it comes from
    found.set(own, place);
  }
  return found;
}

/**
 * Let every column glide from where it, or what it was made of, stood before.
 * @param {HTMLElement} root
 * @param {Map<string, DOMRect>} before
 */
export function glide(root, before) {
  const columns = columnsOf(root);
  // A node that is kept may still be on its way to where another column stood.
  for (const animation of columns.flatMap((each) => each.getAnimations())) animation.cancel();
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  for (const each of columns) {
    const { key, own } = namesOf(each);
    const from = before.get(own) ?? before.get(key) ?? before.get(key.replace("both", "forward"));
    if (!from) continue;
    const to = each.getBoundingClientRect();
    const [dx, dy] = [from.x - to.x, from.y - to.y];
    if (dx || dy)
      each.animate([{ transform: `translate(${dx}px, ${dy}px)` }, { transform: "none" }], {
        duration: 600,
        easing: "ease-in-out",
      });
  }
}
