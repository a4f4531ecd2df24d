// A small box beside what is pointed at, touched or focused: for a slice what the readout says, for the name of a
// control and for a symbol what it means.

import { around, h } from "./dom.js";
import { place } from "./place.js";
import { sentence } from "./says.js";
import { termAt, termWords } from "./terms.js";

/** @import { Child } from "./dom.js" */
/** @import { Figure } from "./picture.js" */

const SLICE = "[data-id][tabindex]";
const LINGER = 120; // milliseconds in which the pointer may cross from one to the next, or into the box

/** A box in the top layer: nothing around the page can cut it off. What it says stands elsewhere for a screen reader. */
export class Tip {
  /** @param {Element} el what the stage is drawn in */
  constructor(el) {
    this.box = h("div", { class: "ls-tip", popover: "manual", "aria-hidden": "true" });
    el.append(this.box);
    /** What it is about, while it is shown.
     * @type {Element | null} */
    this.target = null;
    this.going = 0;
  }

  /**
   * Show words beside a target.
   * @param {Element} target
   * @param {readonly Child[]} words
   */
  show(target, words) {
    this.stay();
    this.target = target;
    this.box.replaceChildren(h("div", {}, ...words));
    // What is found and heard of is the readout: this is a copy of it.
    for (const claim of this.box.querySelectorAll("[data-claim]")) {
      for (const name of ["data-claim", "data-holds", "role"]) claim.removeAttribute(name);
    }
    // One that covers what can be pointed at next lets the pointer through.
    this.box.toggleAttribute("data-through", target instanceof SVGElement || ofControl(target));
    this.move();
  }

  /** Keep it beside its target, which may have moved; one that is gone takes it along. */
  move() {
    const { target, box } = this;
    if (!target) return;
    if (!target.isConnected) return this.hide();
    if (!box.matches(":popover-open")) box.showPopover();
    for (const name of ["width", "height", "left", "top"]) box.style.removeProperty(name);
    const zoom = box.currentCSSZoom ?? 1;
    box.toggleAttribute("data-window", true);
    const whole = box.getBoundingClientRect();
    box.toggleAttribute("data-window", false);
    const { width, height } = box.getBoundingClientRect();
    // A fraction of a pixel less would break a line.
    const extent = { width: Math.ceil(width), height: Math.ceil(height) };
    const at = place(seen(target), extent, whole, ofControl(target));
    box.style.visibility = at ? "visible" : "hidden";
    for (const [name, value] of Object.entries(at ?? {})) box.style.setProperty(name, `${value / zoom}px`);
  }

  stay() {
    clearTimeout(this.going);
    this.going = 0;
  }

  /** Hide it soon, unless it is shown again, or the pointer is in it. */
  leave() {
    if (this.target && !this.going && !this.box.matches(":hover")) this.going = setTimeout(() => this.hide(), LINGER);
  }

  hide() {
    this.stay();
    this.target = null;
    if (this.box.matches(":popover-open")) this.box.hidePopover();
  }
}

/**
 * Whether it is about a control: others stand above it and below.
 * @param {Element} element
 */
function ofControl(element) {
  return element.closest(".ls-rail") !== null;
}

/**
 * What of an element can be seen in what it is scrolled in.
 * @param {Element} element
 */
function seen(element) {
  const { left, top, right, bottom } = element.getBoundingClientRect();
  const around = element.closest(".ls-figure-place")?.getBoundingClientRect();
  if (!around) return { left, top, right, bottom };
  return {
    left: Math.max(left, around.left),
    top: Math.max(top, around.top),
    right: Math.min(right, around.right),
    bottom: Math.min(bottom, around.bottom),
  };
}

/**
 * Show tips in a stage, until the signal.
 * @param {HTMLElement} root
 * @param {Figure} figure
 * @param {Element} el what the stage is drawn in
 * @param {AbortSignal} signal
 */
export function attachTips(root, figure, el, signal) {
  const tip = new Tip(el);
  /** @type {{ over: HTMLElement | null, on: HTMLElement | null }} */
  const at = { over: null, on: null };
  /** What Escape has sent away, until it is left.
   * @type {Element | null} */
  let dismissed = null;
  let touched = false;
  const update = () => {
    const target = at.over ?? at.on;
    if (target !== dismissed) dismissed = null;
    const words = target && target !== dismissed ? wordsOf(target) : [];
    if (target && words.length) tip.show(target, words);
    // While the pointer rests on the box nothing is pointed at, and it stays as it is.
    else tip.leave();
  };
  /** @type {(target: HTMLElement) => Child[]} */
  const wordsOf = (target) => {
    if (!target.matches(SLICE)) return termWords(target, figure.page.glossary);
    const id = target.dataset.id ?? "";
    return figure.target(id) && figure.active === id ? sentence(figure) : [];
  };
  /** @type {(event: Event) => HTMLElement | null} */
  const found = (event) => {
    const within = event.target instanceof Element && el.closest(".ls-app")?.contains(event.target);
    return within ? (around(event, SLICE) ?? termAt(event)) : null;
  };
  /** @type {(name: "over" | "on", element: HTMLElement | null) => void} */
  const go = (name, element) => {
    if (at[name] === element) return;
    at[name] = element;
    update();
  };
  /** @type {(event: Event) => void} */
  const focused = (event) => {
    const shows = touched || (event.target instanceof Element && event.target.matches(":focus-visible"));
    // A click of the mouse focuses too; its tip is gone as soon as the mouse is.
    go("on", shows ? found(event) : null);
  };
  /** @type {(event: KeyboardEvent) => void} */
  const away = (event) => {
    if (event.key !== "Escape" || !tip.target) return;
    const going = tip.going > 0;
    dismissed = at.over ?? at.on;
    tip.hide();
    if (going) return;
    // The next one releases what is pinned.
    if (!(event.target instanceof Element) || !el.closest(".ls-app")?.contains(event.target)) return;
    event.preventDefault();
    event.stopPropagation();
  };
  /** @type {(event: PointerEvent) => void} */
  const pressed = (event) => {
    touched = event.pointerType === "touch";
    if (touched && !around(event, `${SLICE}, .ls-row, .ls-tip`)) go("on", null);
  };
  /** @type {(event: PointerEvent) => void} */
  const over = (event) => {
    // A finger points only while it is down: what it has touched is focused.
    if (event.pointerType !== "touch") go("over", found(event));
  };
  let due = 0;
  const follow = () => {
    cancelAnimationFrame(due);
    due = requestAnimationFrame(() => tip.move());
  };
  figure.onSay = update;
  // Of the document: the controls are beside the stage, and what hears of a slice first has said what it is.
  document.addEventListener("pointerover", over, { signal });
  root.addEventListener("pointerleave", () => go("over", null), { signal });
  document.addEventListener("focusin", focused, { signal });
  document.addEventListener("focusout", () => go("on", null), { signal });
  tip.box.addEventListener("pointerenter", () => tip.stay(), { signal });
  tip.box.addEventListener("pointerleave", () => tip.hide(), { signal });
  window.addEventListener("pointerdown", pressed, { capture: true, signal });
  window.addEventListener("keydown", away, { capture: true, signal });
  window.addEventListener("scroll", follow, { capture: true, passive: true, signal });
  window.addEventListener("resize", follow, { signal });
  signal.addEventListener("abort", () => tip.box.remove(), { once: true });
  return tip;
}
