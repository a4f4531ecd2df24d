// The small buttons above the stage: undo, redo, reset, the theme, the full screen.

import { h } from "./dom.js";
import { observe, read } from "./model.js";
import { fullScreen } from "./screen.js";
import { themeSwitch } from "./theme.js";

/** @import { Model } from "./model.js" */
/** @import { PageRecord, ToolRecord } from "./records.js" */

/** @type {("undo" | "redo" | "reset")[]} */
const WAYS = ["undo", "redo", "reset"];

/**
 * A button with a sign, and its name for those who do not see it.
 * @param {ToolRecord} record
 */
export function tool({ sign, name, words }) {
  return h("button", { type: "button", class: "ls-tool", "aria-label": name, title: `${name}. ${words}` }, sign);
}

/**
 * The toolbar, which works until the signal.
 * @param {Model} model
 * @param {PageRecord} page
 * @param {Element} el what the stage is drawn in
 * @param {boolean} served
 * @param {AbortSignal} signal
 */
export function toolbar(model, { tools }, el, served, signal) {
  const root = h("div", { class: "ls-tools", role: "group", "aria-label": tools.label });
  const buttons = new Map(WAYS.map((way) => [way, tool(tools[way])]));
  /** @type {(way: "undo" | "redo" | "reset") => void} */
  const go = (way) => {
    if (read(model, "share")[way]) model.send({ action: way });
  };
  const offer = () => {
    // Not disabled: one that has the focus would lose it.
    for (const [way, button] of buttons) button.setAttribute("aria-disabled", String(!read(model, "share")[way]));
  };
  for (const [way, button] of buttons) button.addEventListener("click", () => go(way), { signal });
  /** @type {(event: KeyboardEvent) => void} */
  const keys = (event) => {
    const { key, ctrlKey, metaKey, shiftKey, altKey, target } = event;
    const here = target instanceof Element && el.closest(".ls-app")?.contains(target);
    if (!here || altKey || !(ctrlKey || metaKey) || typing(target)) return;
    const pressed = key.toLowerCase();
    if (pressed !== "z" && !(pressed === "y" && !shiftKey)) return;
    go(pressed === "y" || shiftKey ? "redo" : "undo");
    event.preventDefault();
  };
  window.addEventListener("keydown", keys, { signal });
  observe(model, "share", offer, signal);
  offer();
  root.append(...buttons.values());
  if (served) root.append(themeSwitch(tools, signal));
  const full = fullScreen(tools, el, signal);
  if (full) root.append(full);
  return root;
}

/**
 * Whether the keys of an element are its own: it takes back what is typed in it by itself.
 * @param {Element} element
 */
export function typing(element) {
  if (element instanceof HTMLInputElement) return !["checkbox", "radio", "range", "button"].includes(element.type);
  return element.matches("textarea, select, [contenteditable]");
}
