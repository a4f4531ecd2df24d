// Whether the same question gives the same numbers: measured on demand, and stoppable.

import { h } from "../dom.js";
import { table } from "../parts/table.js";

function trial({ id, what, others, equal, difference }) {
  const all = others > 0 && equal === others;
  const verdictOf = others ? h("span", { class: all ? "ls-yes" : "ls-no" }, all ? "✓ bit for bit" : "✗ not the same") : "…";
  return h("tr", { "data-trial": id, "data-equal": others ? String(all) : null }, h("td", {}, what), h("td", {}, `${equal} of ${others}`), h("td", {}, h("code", {}, difference)), h("td", {}, verdictOf));
}

function progressWords(total, done, running) {
  if (!total) return "nothing measured yet";
  return `${done} of ${total} runs${running || done === total ? "" : ", stopped"}`;
}

export function reproducibilityPanel({ about, without, running, done, total, trials, documented }) {
  const action = running ? "stop" : "measure";
  const label = running ? "Stop" : trials.length ? "Measure again" : "Measure now";
  const heads = ["repeated", "equal to the first", "largest difference", "verdict"];
  return h(
    "div",
    { class: "ls-reproducibility-panel" },
    h("p", {}, h("code", { class: "ls-subtitle" }, about)),
    h(
      "header",
      {},
      h("button", { type: "button", class: "ls-button", "data-do": action, disabled: Boolean(without) }, label),
      h("progress", { max: total || 1, value: done, "aria-label": "runs made" }),
      h("span", { class: "ls-note", role: "status" }, progressWords(total, done, running)),
    ),
    without ? h("p", { class: "ls-note" }, without) : null,
    trials.length ? table(heads, trials.map(trial)) : h("p", { class: "ls-note" }, "Each is done several times and compared with its first: all tensors returned, bit for bit."),
    documented ? h("p", { class: "ls-note" }, h("b", {}, "Documented for CUDA: "), documented) : null,
  );
}
