// The buttons below a report on a model: a call that is opened in the explorer, and what can be taken away.

import { copy } from "./copy.js";
import { h } from "./dom.js";

/** @import { Model } from "./model.js" */
/** @import { ReportedAnswer, ReportedRecord } from "./records.js" */

const LATE = 5000; // milliseconds after which a kernel that does not answer is spoken of

/**
 * @param {string} words
 * @param {() => void} act
 * @param {AbortSignal} signal
 */
function button(words, act, signal) {
  const made = h("button", { type: "button", class: "ls-button" }, words);
  made.addEventListener("click", act, { signal });
  return made;
}

export default {
  /** @param {{ model: Model, el: HTMLElement }} view */
  render({ model, el }) {
    const ending = new AbortController();
    const { signal } = ending;
    const record = /** @type {ReportedRecord} */ (model.get("record"));
    const said = h("span", { class: "ls-shared", role: "status" });
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let late;
    /** @type {(call: string) => void} */
    const open = (call) => {
      said.replaceChildren(record.opening);
      clearTimeout(late);
      late = setTimeout(() => said.replaceChildren(record.late), LATE);
      model.send({ open: call });
    };
    const answered = () => {
      clearTimeout(late);
      said.replaceChildren(/** @type {ReportedAnswer} */ (model.get("answer")).says);
    };
    const opening = record.calls.map(({ call, words }) => button(words, () => open(call), signal));
    const copying = record.copies.map(({ words, text }) => button(words, () => copy(text, said, record), signal));
    model.on("change:answer", answered);
    // The colours are those of the page, which stand at its outermost element.
    el.append(h("div", { class: "ls-app" }, h("div", { class: "ls-share" }, opening, copying, said)));
    return () => {
      model.off("change:answer", answered);
      clearTimeout(late);
      ending.abort();
    };
  },
};
