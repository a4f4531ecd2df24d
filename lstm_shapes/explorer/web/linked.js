// Everything that is lit with a slice. scene.py has the same rules; a test holds the two together.

/** @import { AxisSliceRecord, PageRecord, SlicesRecord } from "./records.js" */
/** @typedef {keyof PageRecord["links"]} Link */

/**
 * What is lit, by id; nothing if there is no such slice.
 * @param {SlicesRecord} known
 * @param {string} id
 * @returns {Map<string, Link>}
 */
export function linked(known, id) {
  const { slices, axes } = known;
  if (axes[id]) return alongAxis(known, axes[id], id);
  const chosen = slices[id];
  if (!chosen) return new Map();
  const writers = chosen.writers.filter((cell) => cell !== id);
  const links = readFor(slices, [...writers, id]);
  const held = new Set(chosen.holds);
  for (const [name, { holds }] of Object.entries(slices)) {
    if (holds.some((key) => held.has(key))) links.set(name, "same");
  }
  for (const writer of writers) links.set(writer, "wrote");
  return links.set(id, "selected");
}

/**
 * What was read to make these, directly or not.
 * @param {SlicesRecord["slices"]} slices
 * @param {string[]} ids
 */
function readFor(slices, ids) {
  /** @type {Map<string, Link>} */
  const links = new Map();
  const waiting = [...ids];
  for (let id = waiting.pop(); id !== undefined; id = waiting.pop()) {
    for (const source of slices[id].reads) {
      if (links.has(source)) continue;
      links.set(source, "read");
      waiting.push(source);
    }
  }
  return links;
}

/**
 * An axis lights its namesakes, and the slices that follow each other along it.
 * @param {SlicesRecord} known
 * @param {AxisSliceRecord} chosen
 * @param {string} id
 */
function alongAxis({ slices, axes }, chosen, id) {
  /** @type {Map<string, Link>} */
  const links = new Map();
  for (const [name, { tensor, where }] of Object.entries(slices)) {
    if (tensor === chosen.tensor && where?.[chosen.axis]) links.set(name, "same");
  }
  for (const [other, { name }] of Object.entries(axes)) {
    if (name === chosen.name) links.set(other, "same");
  }
  return links.set(id, "selected");
}
