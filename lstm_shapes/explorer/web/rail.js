// The widgets beside the stage: what they do not say themselves is said for them.

import { h } from "./dom.js";
import { describeRows } from "./terms.js";

/** @import { PageRecord } from "./records.js" */

/**
 * Which argument a slider's handle sets, which choice is taken, which value is refused.
 * @param {Element} app
 * @param {string[]} blame the arguments that are refused
 * @param {Pick<PageRecord, "presets" | "steps">} page
 */
function annotate(app, blame, { presets, steps }) {
  const marked = blame.map((argument) => `ls-${argument}`);
  for (const row of app.querySelectorAll(".ls-row")) {
    const name = [...row.querySelectorAll("label")].map((label) => label.textContent).join("");
    const refused = String(marked.some((each) => row.classList.contains(each)));
    for (const input of row.querySelectorAll("input, select, [role=slider]")) {
      input.setAttribute("aria-invalid", refused);
    }
    row.querySelector("[role=slider]")?.setAttribute("aria-label", name.trim());
  }
  for (const [name, step] of Object.entries(steps)) {
    // The kernel has it as a text, exactly as it was typed.
    const field = app.querySelector(`.ls-${name} input[type="text"]`);
    if (field instanceof HTMLInputElement) Object.assign(field, { type: "number", step });
  }
  // ipywidgets writes "null" where there is no tooltip.
  for (const part of app.querySelectorAll('[title="null"], [title=""]')) part.removeAttribute("title");
  for (const choices of app.querySelectorAll(".widget-toggle-buttons")) {
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", choices.querySelector("label")?.textContent || presets);
    for (const choice of choices.querySelectorAll("button")) {
      choice.setAttribute("aria-pressed", String(choice.classList.contains("mod-active")));
    }
  }
}

/**
 * The button that shows the controls, and hides them, where there is no room for them at once.
 * @param {Element} rail
 * @param {string} name
 * @param {AbortSignal} signal
 */
function drawer(rail, name, signal) {
  const button = h("button", { type: "button", class: "ls-drawer", "aria-expanded": "false" }, name);
  const turn = () => button.setAttribute("aria-expanded", String(button.getAttribute("aria-expanded") === "false"));
  button.addEventListener("click", turn, { signal });
  rail.querySelector(".ls-title")?.after(button);
  signal.addEventListener("abort", () => button.remove(), { once: true });
}

/**
 * Keep the labels of the widgets beside the stage right, until the signal; the widgets come in their own time.
 * @param {Element} el what the stage is drawn in
 * @param {Pick<PageRecord, "presets" | "steps" | "settings" | "glossary">} page
 * @param {AbortSignal} signal
 */
export function watchRail(el, page, signal) {
  /** @type {string[]} */
  let refused = [];
  const lines = h("div", { class: "ls-term-lines" });
  el.append(lines);
  /** @type {Element | null} */
  let rail = null;
  const label = () => {
    const app = el.closest(".ls-app");
    if (!app) return;
    const found = rail ? null : app.querySelector(".ls-rail");
    if (found) {
      rail = found;
      drawer(rail, page.settings, signal);
      watcher.observe(rail, { childList: true, subtree: true, attributeFilter: ["class", "title"] });
    }
    annotate(app, refused, page);
    describeRows(app, lines, page.glossary);
  };
  const watcher = new MutationObserver(label);
  const attached = requestAnimationFrame(label);
  const stop = () => {
    cancelAnimationFrame(attached);
    watcher.disconnect();
    lines.remove();
  };
  signal.addEventListener("abort", stop, { once: true });
  /** @type {(names: string[]) => void} */
  const blame = (names) => {
    if (String(names) === String(refused)) return;
    refused = names;
    label();
  };
  return { blame };
}
