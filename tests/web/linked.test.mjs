// What is lit with a slice: the page's rules against those of Python, on records that Python wrote.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { linked } from "../../lstm_shapes/explorer/web/linked.js";

const given = process.env.LSTM_SHAPES_SCENES;
const scenes = given ? JSON.parse(readFileSync(given, "utf8")) : {};
const skip = given ? false : "no scenes: pytest writes them";

test("there are scenes", { skip }, () => assert.ok(Object.keys(scenes).length > 3));

for (const [name, { known, links }] of Object.entries(scenes)) {
  test(`${name}: every slice lights what Python's scene links`, () => {
    assert.deepEqual(Object.keys(links), Object.keys(known.slices));
    for (const [id, expected] of Object.entries(links)) {
      assert.deepEqual(Object.fromEntries(linked(known, id)), expected, id);
    }
  });
}

test("an axis lights its namesakes, and the slices that follow each other along it", () => {
  const slice = { holds: [], reads: [], writers: [] };
  const known = {
    slices: {
      "x.0": { ...slice, tensor: "input", where: [null, [0, 0.5], null] },
      "h_n.0": { ...slice, tensor: "h_n", where: [[0, 1], null, null] },
      "cell.0": slice,
    },
    axes: {
      a: { tensor: "input", axis: 1, name: "seq", words: "" },
      b: { tensor: "out", axis: 1, name: "seq", words: "" },
      c: { tensor: "h_n", axis: 1, name: "batch", words: "" },
    },
  };
  assert.deepEqual(Object.fromEntries(linked(known, "a")), { "x.0": "same", b: "same", a: "selected" });
  assert.equal(linked(known, "gone").size, 0);
});
