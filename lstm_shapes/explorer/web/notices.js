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
