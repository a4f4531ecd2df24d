// What a widely read article says, each statement with what this run has to say to it.

import { h } from "../dom.js";
import { note } from "../parts/note.js";
import { table } from "../parts/table.js";

/** @import { ArticlePanel, StatementRecord } from "../records.js" */

/**
 * The sign of a verdict, and its class.
 * @param {boolean | null} holds
 */
function signOf(holds) {
  if (holds === null) return ["ls-note", "–"];
  return holds ? ["ls-yes", "✓"] : ["ls-no", "✗"];
}

/** @param {StatementRecord} record */
function statement({ id, says, holds, verdict, finding, link, show, settings, label }) {
  const [style, sign] = signOf(holds);
  return h(
    "tr",
    { "data-claim": `article-${id}`, "data-holds": holds === null ? null : String(holds) },
    h("td", {}, h("span", { class: style, role: "img", "aria-label": verdict }, sign)),
    h("th", { scope: "row" }, says),
    h(
      "td",
      {},
      finding,
      link
        ? h(
            "button",
            { type: "button", class: "ls-button", "data-open": link, "aria-label": label },
            `${show} `,
            h("code", {}, settings),
          )
        : null,
    ),
  );
}

/** @param {ArticlePanel} record */
export function articlePanel({ about, heads, rows }) {
  return h("div", {}, note(about), rows.length ? table(heads, rows.map(statement), true) : null);
}
