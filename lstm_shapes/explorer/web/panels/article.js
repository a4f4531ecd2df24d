// What a widely read article says, each statement with what this run has to say to it.

import { h } from "../dom.js";
import { table } from "../parts/table.js";

const VERDICTS = { true: ["ls-yes", "✓", "holds"], false: ["ls-no", "✗", "does not hold"], null: ["ls-note", "–", "cannot be shown with these settings"] };

function statement({ id, says, holds, finding, link, show }) {
  const [style, sign, words] = VERDICTS[holds];
  return h(
    "tr",
    { "data-claim": `article-${id}`, "data-holds": holds === null ? null : String(holds) },
    h("td", {}, h("span", { class: style, role: "img", "aria-label": words }, sign)),
    h("th", { scope: "row" }, says),
    h("td", {}, finding, link ? h("button", { type: "button", class: "ls-button", "data-open": link, "aria-label": `show it with ${show}` }, "show it: ", h("code", {}, show)) : null),
  );
}

export function articlePanel({ without, rows }) {
  return h(
    "div",
    { class: "ls-article-panel" },
    h("p", { class: "ls-note" }, without || "A widely read article on nn.LSTM says this. Each is evaluated on this run; where these settings cannot show it, a click sets some that can."),
    rows.length ? table(["verdict", "it says", "on this run"], rows.map(statement), true) : null,
  );
}
