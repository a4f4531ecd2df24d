// The keys and the glossary, in a dialog: by `?`, by its button, or by a word that is explained there.

import { around, h } from "./dom.js";
import { spell } from "./parts/words.js";
import { tool, typing } from "./tools.js";

/** @import { HelpRecord, PageRecord } from "./records.js" */

/**
 * What is in the dialog.
 * @param {HelpRecord} help
 * @param {PageRecord["glossary"]} glossary
 */
function contents(help, glossary) {
  const filter = h("input", { type: "text", "aria-label": help.filter, placeholder: help.filter });
  const none = h("p", { class: "ls-note", role: "status" });
  const close = h("button", { type: "button", class: "ls-tool" }, help.close);
  const keys = help.keys.map(({ keys, words }) =>
    h(
      "div",
      {},
      h(
        "dt",
        {},
        keys.map((key, i) => [i ? " " : "", h("kbd", {}, key)]),
      ),
      h("dd", {}, words),
    ),
  );
  const lines = new Map(
    Object.entries(glossary).map(([term, line]) => [
      term,
      h("div", { tabindex: "-1" }, h("dt", {}, h("code", {}, term)), h("dd", {}, spell(line))),
    ]),
  );
  const terms = [...lines.values()];
  const look = () => {
    const wanted = filter.value.trim().toLowerCase();
    for (const each of terms) each.hidden = !(each.textContent ?? "").toLowerCase().includes(wanted);
    none.textContent = terms.every((each) => each.hidden) ? help.none : "";
  };
  filter.addEventListener("input", look);
  /** @type {(term: string) => void} */
  const show = (term) => {
    filter.value = "";
    look();
    lines.get(term)?.focus();
  };
  const parts = [
    h("header", {}, h("h2", {}, help.heading), close),
    h("dl", { class: "ls-help-keys" }, keys),
    h("h2", {}, help.glossary),
    filter,
    none,
    h("dl", { class: "ls-help-terms" }, terms),
  ];
  return { parts, close, show };
}

/**
 * The button that opens the dialog, which the key `?` opens too, until the signal.
 * @param {PageRecord} page
 * @param {Element} el what the stage is drawn in
 * @param {boolean} served
 * @param {AbortSignal} signal
 */
export function helpButton({ tools, help, glossary }, el, served, signal) {
  const button = tool(tools.help);
  const dialog = h("dialog", { class: "ls-help", "aria-label": tools.help.name });
  const { parts, close, show } = contents(help, glossary);
  dialog.append(...parts);
  el.append(dialog);
  const open = () => {
    if (!dialog.open) dialog.showModal();
  };
  /** @type {(event: KeyboardEvent) => void} */
  const asked = (event) => {
    const { key, target, ctrlKey, metaKey, altKey } = event;
    if (key !== "?" || ctrlKey || metaKey || altKey || !(target instanceof Element) || typing(target)) return;
    // A page of its own has no other use for the key; in a notebook it is ours only in the explorer.
    if (!el.closest(".ls-app")?.contains(target) && !(served && target === document.body)) return;
    event.preventDefault();
    open();
  };
  button.addEventListener("click", open, { signal });
  /** @type {(event: Event) => void} */
  const lookUp = (event) => {
    const { term } = around(event, "[data-term]")?.dataset ?? {};
    if (!term) return;
    open();
    show(term);
  };
  el.addEventListener("click", lookUp, { signal });
  close.addEventListener("click", () => dialog.close(), { signal });
  // Beside the dialog, whose own parts cover all of it.
  dialog.addEventListener("click", ({ target }) => target === dialog && dialog.close(), { signal });
  window.addEventListener("keydown", asked, { signal });
  signal.addEventListener("abort", () => dialog.remove(), { once: true });
  return button;
}
