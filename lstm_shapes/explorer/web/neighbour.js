// Where an arrow key leads.

/** @typedef {{ x: number, y: number }} Point */

/** @type {Record<string, [number, number] | undefined>} */
const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const ASIDE = 4; // what lies aside counts as so much farther away

/**
 * The nearest of some places in the direction of an arrow key.
 * @param {Point} here
 * @param {Iterable<[string, Point]>} others
 * @param {string} key
 * @returns {string | null}
 */
export function neighbour(here, others, key) {
  const turn = KEYS[key];
  if (!turn) return null;
  const [dx, dy] = turn;
  /** @type {string | null} */
  let best = null;
  let least = Number.POSITIVE_INFINITY;
  for (const [id, there] of others) {
    const ahead = (there.x - here.x) * dx + (there.y - here.y) * dy;
    const aside = Math.abs(dx ? there.y - here.y : there.x - here.x);
    if (ahead > 1 && ahead + ASIDE * aside < least) [best, least] = [id, ahead + ASIDE * aside];
  }
  return best;
}
