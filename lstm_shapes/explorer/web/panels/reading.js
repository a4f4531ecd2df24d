// One vector: its code, its shape, and what it has read; or where its code is wrong.

import { h } from "../dom.js";
import { namedSizes } from "../parts/shape.js";

/** @import { FaultRecord, HalfRecord, ReadingRecord, SquaresRecord, VectorRecord } from "../records.js" */

/**
 * A row: the own sample's x, the same of what the last layer reads, or another sample's x.
 * @param {SquaresRecord} record
 */
function squares({ of, role, squares: filled, words, label }) {
  return h(
    "div",
    { class: `ls-read ls-read-${role}`, role: "img", "aria-label": label, "data-of": of },
    filled.map((read) =>
      read === null
        ? h("span", { class: "ls-gap" }, "…")
        : h("span", { class: "ls-square", "data-read": String(read) }),
    ),
    h("span", { class: role === "foreign" ? "ls-axis-batch" : "ls-note" }, words),
  );
}

/** @param {HalfRecord} record */
function half({ part, title, rows, more }) {
  return h(
    "div",
    { class: `ls-half ls-${part}`, "data-part": part },
    h("span", { class: "ls-part-name" }, title),
    rows.map(squares),
    more ? h("span", { class: "ls-note" }, more) : null,
  );
}

/**
 * Code with the spot that is wrong.
 * @param {FaultRecord} record
 */
function faulty({ parts: [before, spot, after], says }) {
  return h(
    "div",
    { class: "ls-fault", role: "alert" },
    h("code", {}, before, h("mark", {}, spot || " "), after),
    h("p", {}, says),
  );
}

/**
 * The sizes and the names of a vector's axes.
 * @param {ReadingRecord} record
 */
export function shapeOf({ sizes, axes }) {
  return namedSizes(sizes, axes, "ls-inline");
}

/**
 * A vector that was measured.
 * @param {string} code
 * @param {string} name
 * @param {ReadingRecord} record
 * @param {boolean} chosen
 */
function measured(code, name, record, chosen) {
  const { halves, sound, judged, verdict, shape } = record;
  return h(
    "li",
    { class: "ls-vector", "data-vector": code, "data-sound": String(sound), "data-shape": shape },
    h(
      "div",
      {},
      h(
        "button",
        {
          type: "button",
          class: "ls-code ls-take",
          "data-choice": "vector",
          "data-value": code,
          "aria-pressed": String(chosen),
        },
        code,
      ),
      h("p", { class: "ls-note" }, name, " ", shapeOf(record)),
      h(
        "p",
        { class: "ls-verdict-words" },
        h("span", { class: sound ? "ls-yes" : "ls-no", role: "img", "aria-label": judged }, sound ? "✓" : "✗"),
        " ",
        verdict,
      ),
    ),
    h("div", { class: "ls-halves" }, halves.map(half)),
  );
}

/**
 * One vector of the list.
 * @param {VectorRecord} record
 * @param {boolean} chosen
 */
export function vectorOf({ code, name, reading, fault }, chosen) {
  if (reading) return measured(code, name, reading, chosen);
  return h("li", { class: "ls-vector" }, fault ? faulty(fault) : null);
}
