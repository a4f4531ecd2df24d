// Pointing, focusing, pinning, and the keys that do the same.

import { around } from "./dom.js";

/** @import { Figure } from "./picture.js" */

const TARGET = "[data-id][tabindex]";

/**
 * Hear what is done to the slices, until the signal.
 * @param {HTMLElement} root
 * @param {Figure} figure
 * @param {(id: string) => void} pin
 * @param {AbortSignal} signal
 */
export function listen(root, figure, pin, signal) {
  /** @type {(event: Event) => string | null} */
  const idAt = (event) => around(event, TARGET)?.dataset.id ?? null;
  /** @type {(name: "pointed" | "focused", id: string | null) => void} */
  const point = (name, id) => {
    if (figure[name] === id) return;
    figure[name] = id;
    figure.light();
  };
  /** @type {(id: string) => void} */
  const toggle = (id) => pin(figure.pinned === id ? "" : id);
  /** @type {(event: KeyboardEvent) => void} */
  const keys = (event) => {
    if (around(event, "input, textarea")) return; // its keys are its own
    const from = around(event, TARGET);
    const id = from?.dataset.id;
    if (event.key === "Escape") {
      figure.focused = figure.pointed = null;
      pin("");
    } else if (id && (event.key === "Enter" || event.key === " ")) {
      toggle(id);
    } else if (id && event.key.startsWith("Arrow")) {
      walk(figure, from, id, event.key);
    } else {
      return;
    }
    event.preventDefault();
  };
  root.addEventListener("pointerover", (event) => point("pointed", idAt(event)), { signal });
  root.addEventListener("pointerleave", () => point("pointed", null), { signal });
  root.addEventListener("focusin", (event) => point("focused", idAt(event)), { signal });
  root.addEventListener("focusout", () => point("focused", null), { signal });
  root.addEventListener("keydown", keys, { signal });
  const click = (/** @type {Event} */ event) => {
    const id = idAt(event);
    if (id) toggle(id);
  };
  root.addEventListener("click", click, { signal });
}

/**
 * An arrow key: to the next slice in the picture, or the next axis of a card.
 * @param {Figure} figure
 * @param {HTMLElement} from
 * @param {string} id
 * @param {string} key
 */
function walk(figure, from, id, key) {
  const next = figure.drawn.has(id) ? besideIn(figure, id, key) : besideOn(from, key);
  next?.focus();
  next?.scrollIntoView({ block: "nearest", inline: "nearest" });
}

/**
 * @param {Figure} figure
 * @param {string} id
 * @param {string} key
 */
function besideIn(figure, id, key) {
  const other = figure.beside(id, key);
  if (!other) return null;
  figure.rove(other);
  return figure.drawn.get(other)?.node;
}

/**
 * @param {HTMLElement} from
 * @param {string} key
 */
function besideOn(from, key) {
  const axes = [...(from.parentElement?.querySelectorAll("[data-id]") ?? [])];
  const next = axes[axes.indexOf(from) + (key === "ArrowRight" || key === "ArrowDown" ? 1 : -1)];
  if (!(next instanceof HTMLElement)) return null;
  for (const axis of axes) axis.setAttribute("tabindex", axis === next ? "0" : "-1");
  return next;
}
