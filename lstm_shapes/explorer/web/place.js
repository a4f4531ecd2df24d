// Where a small box goes beside what it is about.

const GAP = 8; // pixels between the two, and to the edge of the window

/** @typedef {{ left: number, top: number, right: number, bottom: number }} Edges */
/** @typedef {{ width: number, height: number }} Extent */

/**
 * Where a box goes: above its target, else below it, else beside it; never over it, and never outside of the window.
 * Where it fits nowhere it has what the roomiest side has.
 * @param {Edges} target
 * @param {Extent} box
 * @param {Extent} window
 * @param {boolean} [beside] whether beside the target comes first
 * @returns {{ left: number, top: number, width: number, height: number } | null} null: the target is out of view
 */
export function place(target, box, window, beside = false) {
  const left = Math.max(target.left, 0);
  const top = Math.max(target.top, 0);
  const right = Math.min(target.right, window.width);
  const bottom = Math.min(target.bottom, window.height);
  if (left >= right || top >= bottom) return null;
  const wide = window.width - 2 * GAP;
  const high = window.height - 2 * GAP;
  const upright = [
    { width: wide, height: top - 2 * GAP, x: 0, y: -1 },
    { width: wide, height: window.height - bottom - 2 * GAP, x: 0, y: 1 },
  ];
  const level = [
    { width: window.width - right - 2 * GAP, height: high, x: 1, y: 0 },
    { width: left - 2 * GAP, height: high, x: -1, y: 0 },
  ];
  const sides = beside ? [...level, ...upright] : [...upright, ...level];
  const fits = sides.find(({ width, height }) => width >= box.width && height >= box.height);
  const side =
    fits ?? sides.reduce((best, each) => (each.width * each.height > best.width * best.height ? each : best));
  const width = Math.max(Math.min(box.width, side.width), 0);
  const height = Math.max(Math.min(box.height, side.height), 0);
  return {
    left: along(side.x, left, right, width, window.width),
    top: along(side.y, top, bottom, height, window.height),
    width,
    height,
  };
}

/**
 * Where a length starts on one axis: before (-1) or after (1) the target, or at its middle, kept in the window.
 * @param {number} side
 * @param {number} from
 * @param {number} to
 * @param {number} length
 * @param {number} end
 */
function along(side, from, to, length, end) {
  if (side < 0) return from - GAP - length;
  if (side > 0) return to + GAP;
  return Math.max(GAP, Math.min((from + to - length) / 2, end - GAP - length));
}
