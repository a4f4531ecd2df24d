// Each argument in a line: what it would change of the current shapes, and what it would not.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";
import { table } from "../parts/table.js";
import { tuple, verdict } from "../parts/shape.js";

function change({ tensor, before, after }) {
  return h(
    "div",
    { class: "ls-change", "data-changed": tensor, "data-before": before.shape, "data-after": after.shape },
    h("code", {}, tensor),
    tuple(before.sizes, before.axes, "ls-inline"),
    " → ",
    tuple(after.sizes, after.axes, "ls-inline"),
    after.agrees ? null : verdict(after),
  );
}

/** Whether what a row says was found so. */
function ran(measured, agrees) {
  if (!measured) return " predicted by formula";
  return h("span", agrees ? { class: "ls-yes" } : { class: "ls-wrong", role: "alert" }, agrees ? " ✓ run and measured" : " ✗ a run has other shapes");
}

function argument({ argument: name, says, value, other, why_not, changed, same, parameters, measured, agrees, link }) {
  const kept = [same && `${same}: as before`, !parameters && "parameters: as before"].filter(Boolean).join(" · ");
  return h(
    "tr",
    { "data-argument": name },
    h("th", { scope: "row" }, h("code", {}, name), h("p", { class: "ls-note" }, says)),
    h("td", {}, h("code", {}, value)),
    h("td", {}, why_not ? null : h("code", {}, other), link ? h("button", { type: "button", class: "ls-button", "data-open": link, "aria-label": `set ${name}=${other}` }, "set it") : null),
    why_not
      ? h("td", { class: "ls-note" }, why_not)
      : h("td", {}, changed.map(change), parameters ? h("div", { class: "ls-change" }, h("code", {}, "parameters"), parameters) : null, h("p", { class: "ls-note" }, kept, ran(measured, agrees))),
  );
}

export function argumentsPanel({ rows, claims, without }) {
  const heads = ["argument", "now", "other", "what the other would make of the current shapes"];
  return h(
    "div",
    { class: "ls-arguments-panel" },
    table(heads, rows.map(argument), true),
    h("h3", {}, "Where dropout acts, shown by running"),
    without ? h("p", { class: "ls-note" }, without) : null,
    h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
  );
}
