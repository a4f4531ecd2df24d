// Whether the same question gives the same numbers: measured on demand, and stoppable.

import { h } from "../dom.js";
import { note } from "../parts/note.js";
import { table } from "../parts/table.js";

/** @import { ReproducibilityPanel, TrialRecord } from "../records.js" */

/** @param {TrialRecord} record */
function trial({ id, what, losses, same, equal, difference, verdict }) {
  const judged =
    same === null ? verdict : h("span", { class: same ? "ls-yes" : "ls-no" }, `${same ? "✓" : "✗"} ${verdict}`);
  return h(
    "tr",
    { "data-trial": id, "data-equal": same === null ? null : String(same) },
    h(
      "td",
      {},
      what,
      losses.map((each) => h("div", { class: "ls-note", "data-losses": "" }, each)),
    ),
    h("td", {}, equal),
    h("td", {}, h("code", {}, difference)),
    h("td", {}, judged),
  );
}

/** @param {ReproducibilityPanel} record */
export function reproducibilityPanel({ subject, button, progress, without, about, heads, trials, quoted, documented }) {
  return h(
    "div",
    { class: "ls-reproducibility-panel" },
    h("p", {}, h("code", { class: "ls-subtitle" }, subject)),
    h(
      "header",
      {},
      h(
        "button",
        { type: "button", class: "ls-button", "data-do": button.action, disabled: button.disabled },
        button.label,
      ),
      h("progress", { max: progress.total || 1, value: progress.done, "aria-label": progress.label }),
      h("span", { class: "ls-note", role: "status" }, progress.words),
    ),
    note(without),
    trials.length ? table(heads, trials.map(trial)) : note(about),
    documented ? h("p", { class: "ls-note" }, h("b", {}, `${quoted} `), documented) : null,
  );
}
