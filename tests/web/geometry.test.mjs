// Where things stand, without a page: the block of a card, the way of an arrow key, lines of text.

import assert from "node:assert/strict";
import { test } from "node:test";
import { faces, projection } from "../../lstm_shapes/explorer/web/block.js";
import { neighbour } from "../../lstm_shapes/explorer/web/neighbour.js";
import { wrap } from "../../lstm_shapes/explorer/web/wrap.js";

/** The corners of a path, without those that stand twice. */
function corners(path) {
  return new Set(path.match(/[\d.]+ [\d.]+/g));
}

test("the last axis runs to the right, the one before it down, the first to the back", () => {
  const { at } = projection([10, 20, 30]);
  const [x, y] = at(0, 0, 0).split(" ").map(Number);
  assert.equal(at(0, 0, 30), `${(x + 30).toFixed(1)} ${y.toFixed(1)}`);
  assert.equal(at(0, 20, 0), `${x.toFixed(1)} ${(y + 20).toFixed(1)}`);
  assert.equal(at(10, 0, 0), `${(x + 4.2).toFixed(1)} ${(y - 4.2).toFixed(1)}`);
});

test("two axes make one face, three make three of seven corners", () => {
  const flat = projection([20, 30]);
  assert.deepEqual([flat.depth, flat.height, flat.width], [0, 20, 30]);
  assert.equal(corners(faces(flat, [[0, 0], [0, 20], [0, 30]])).size, 4);
  const deep = projection([10, 20, 30]);
  const path = faces(deep, [[0, 10], [0, 20], [0, 30]]);
  assert.equal(path.match(/Z/g).length, 3);
  assert.equal(corners(path).size, 7);
});

test("an arrow key leads to the nearest ahead, and rather straight on than aside", () => {
  const others = [
    ["right", { x: 50, y: 0 }],
    ["nearer but aside", { x: 30, y: 30 }],
    ["left", { x: -10, y: 0 }],
    ["above", { x: 0, y: -20 }],
  ];
  const here = { x: 0, y: 0 };
  assert.equal(neighbour(here, others, "ArrowRight"), "right");
  assert.equal(neighbour(here, others, "ArrowLeft"), "left");
  assert.equal(neighbour(here, others, "ArrowUp"), "above");
  assert.equal(neighbour(here, others, "ArrowDown"), "nearer but aside");
  assert.equal(neighbour(here, [["above", { x: 0, y: -20 }]], "ArrowDown"), null);
  assert.equal(neighbour(here, others, "Home"), null);
});

test("a text is wrapped between words, and none is lost", () => {
  const text = "h_n[3] = layer 1, backward, written at t = 0 after reading t = 4 → 0";
  const lines = wrap(`  ${text}\n`, 20);
  assert.ok(lines.length > 3);
  assert.ok(lines.every((line) => line.length <= 20));
  assert.equal(lines.join(" "), text);
  assert.deepEqual(wrap("a long-word-that-does-not-fit b", 5), ["a", "long-word-that-does-not-fit", "b"]);
  assert.deepEqual(wrap("", 5), []);
});
