// Where a tip stands: in the window, not over its target, on the side that has room.

import assert from "node:assert/strict";
import { test } from "node:test";
import { place } from "../../lstm_shapes/explorer/web/place.js";

const WINDOW = { width: 390, height: 800 };
const BOX = { width: 200, height: 90 };

/** A target of 30 x 20 with this corner. */
function at(left, top) {
  return { left, top, right: left + 30, bottom: top + 20 };
}

function apart(a, b) {
  return a.right <= b.left || b.right <= a.left || a.bottom <= b.top || b.bottom <= a.top;
}

test("above its middle where there is room, else below", () => {
  assert.deepEqual(place(at(180, 400), BOX, WINDOW), { left: 95, top: 302, ...BOX });
  assert.deepEqual(place(at(180, 40), BOX, WINDOW), { left: 95, top: 68, ...BOX });
});

test("beside where there is room neither above nor below", () => {
  const low = { width: 1000, height: 120 };
  assert.deepEqual(place(at(300, 50), BOX, low), { left: 338, top: 15, ...BOX });
  assert.deepEqual(place(at(960, 50), BOX, low), { left: 752, top: 15, ...BOX });
});

test("in the window and not over the target, wherever that is and however large the box", () => {
  const boxes = [BOX, { width: 374, height: 90 }, { width: 374, height: 700 }, { width: 900, height: 2000 }];
  for (const window of [WINDOW, { width: 320, height: 256 }, { width: 1280, height: 800 }]) {
    for (const box of boxes) {
      for (let left = -25; left < window.width; left += 23) {
        for (let top = -15; top < window.height; top += 17) {
          const target = at(left, top);
          const found = place(target, box, window);
          const edges = { ...found, right: found.left + found.width, bottom: found.top + found.height };
          const said = JSON.stringify([target, box, window, found]);
          assert.ok(edges.left >= 0 && edges.top >= 0, said);
          assert.ok(edges.right <= window.width && edges.bottom <= window.height, said);
          assert.ok(apart(edges, target), said);
          assert.ok(found.width > 0 && found.height > 0, said);
        }
      }
    }
  }
});

test("nowhere for a target that is scrolled away", () => {
  assert.equal(place(at(100, -20), BOX, WINDOW), null);
  assert.equal(place(at(390, 100), BOX, WINDOW), null);
});
