// What the page has to say above the cards.

import { h } from "./dom.js";

/** @import { NoticeRecord, OfferRecord } from "./records.js" */

/**
 * A notice; all but a remark interrupts.
 * @param {Omit<NoticeRecord, "parts" | "button" | "offers"> & Partial<NoticeRecord>} record
 * @param {string} cure name of the button that applies the cure
 */
export function notice(record, cure) {
  const { tone, heading, text, parts = [], code, argument, link, button, offers = [] } = record;
  const listed = parts.map((part) => h("li", {}, part));
  return h(
    "div",
    { class: `ls-notice ls-${tone}`, role: tone === "remark" ? "status" : "alert" },
    h("div", { class: "ls-notice-heading" }, heading),
    h("div", {}, text),
    listed.length ? h("ul", {}, listed) : null,
    code ? h("code", {}, code) : null,
    link ? cureButton(argument, link, button || cure) : null,
    offers.length ? h("div", { class: "ls-offers" }, offers.map(offered)) : null,
  );
}

/** @param {OfferRecord} record */
function offered({ argument, link, label }) {
  return cureButton(argument, link, label);
}

/**
 * @param {string} argument
 * @param {string} link
 * @param {string} cure
 */
function cureButton(argument, link, cure) {
  const data = { "data-cure": link, "data-argument": argument };
  return h("button", { type: "button", class: "ls-button", ...data }, cure);
}

/**
 * The first thing that is wrong, in one line that stays in view while its notice is out of view; the notice itself
 * is what is read out.
 * @param {Element} el what the stage is drawn in
 * @param {Element} notices where the notices stand
 * @param {string} go name of the button to the field that is refused
 * @param {AbortSignal} signal
 */
export function trouble(el, notices, go, signal) {
  const root = h("div", { class: "ls-trouble" });
  /** @type {NoticeRecord[]} */
  let wrong = [];
  let seen = true;
  /** @type {(record: NoticeRecord) => Element} */
  const line = ({ heading, argument }) => {
    const button = h("button", { type: "button", class: "ls-button" }, go);
    button.addEventListener("click", () => focusField(el, argument));
    return h("div", {}, h("span", {}, heading), argument ? button : null);
  };
  const say = () => {
    // Within the stage it would go with the stage, and the controls may be above it.
    if (!root.isConnected) el.closest(".ls-app")?.prepend(root);
    root.replaceChildren(...(seen ? [] : wrong.slice(0, 1).map(line)));
  };
  const watcher = new IntersectionObserver((found) => {
    seen = found.at(-1)?.isIntersecting ?? true;
    say();
  });
  const stop = () => {
    watcher.disconnect();
    root.remove();
  };
  signal.addEventListener("abort", stop, { once: true });
  /** @type {(all: NoticeRecord[]) => void} */
  return (all) => {
    const errors = all.filter(({ tone }) => tone === "error");
    if (errors.map(({ heading }) => heading).join() === wrong.map(({ heading }) => heading).join()) return;
    wrong = errors;
    // Whether they are in view is heard of in a moment, also if that is as it was.
    watcher.disconnect();
    seen = true;
    say();
    if (wrong.length) watcher.observe(notices);
  };
}

/**
 * Go to the field of an argument.
 * @param {Element} el what the stage is drawn in
 * @param {string | undefined} argument
 */
export function focusField(el, argument) {
  const app = el.closest(".ls-app");
  const [field, drawer] = [`.ls-${argument} input`, ".ls-drawer"].map((part) => app?.querySelector(part));
  if (!(field instanceof HTMLElement)) return;
  // On a phone the controls may be put away.
  if (!field.checkVisibility()) drawer?.setAttribute("aria-expanded", "true");
  field.focus();
}
