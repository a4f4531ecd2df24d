// Right shape, wrong data: every element of two reshapes labelled with where it comes from.

import { h } from "../dom.js";
import { claimList } from "../parts/claims.js";
import { note } from "../parts/note.js";

/** @import { ElementRecord, ReshapeRecord, ScrambledPanel, ScrambleRecord } from "../records.js" */

/** @param {ElementRecord} record */
function element({ sample, text, band, wrong, label }) {
  return h(
    "span",
    { class: `ls-element ls-${band}`, "data-wrong": wrong, role: "img", "aria-label": label },
    h("b", {}, `s${sample}`),
    text,
  );
}

/** @param {ReshapeRecord} record */
function reshape({ code, axes, rows, more }) {
  const meaning = axes.map(({ role, name, size }, i) => [
    i ? ", " : "",
    h("span", { class: role === "mixed" ? "ls-no" : "" }, `${name} ${size}`),
  ]);
  return h(
    "div",
    { class: "ls-side", "data-code": code },
    h("code", { class: "ls-code" }, code),
    h("p", { class: "ls-note" }, "(", ...meaning, ")"),
    h(
      "div",
      {},
      rows.map(({ name, elements }) => h("div", { class: "ls-elements" }, h("code", {}, name), elements.map(element))),
    ),
    note(more),
  );
}

/** @param {ScrambleRecord} record */
function scramble({ id, name, sides, claims }) {
  return h(
    "section",
    { "data-scramble": id, "aria-label": name },
    h("h3", {}, name),
    h("div", { class: "ls-sides" }, sides.map(reshape)),
    claimList(claims),
  );
}

/** @param {ScrambledPanel} record */
export function scrambledPanel({ about, pairs }) {
  return h("div", { class: "ls-scrambled" }, note(about), pairs.map(scramble));
}
