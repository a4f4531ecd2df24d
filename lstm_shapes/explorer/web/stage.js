// The parts of the stage that stay, and what is drawn into them: notices, cards, the linked picture.

import { card } from "./cards.js";
import { h, renew, s } from "./dom.js";
import { notice } from "./notices.js";
import { legend } from "./parts/legend.js";
import { shareButtons } from "./share.js";

/** @import { PictureFoundRecord, NoticeRecord, PageRecord, PictureRecord, ShapeRecord } from "./records.js" */
/** @import { ShareButton, SlicesRecord, ViewRecord } from "./records.js" */
/** @import { Figure } from "./picture.js" */

/**
 * The parts that stay.
 * @param {PageRecord} page
 * @param {ShareButton[]} buttons
 */
export function skeleton(page, buttons) {
  const absence = h("div", { class: "ls-absence" });
  const notices = h("div", { class: "ls-notices" });
  const cards = h("div", { class: "ls-cards" });
  const head = h("header", {});
  const svg = s("svg", { class: "ls-figure", role: "group", "aria-label": page.network });
  const scroll = h("div", { class: "ls-figure-place" }, svg);
  const says = h("div", { class: "ls-says", "aria-live": "polite" });
  const sample = h("input", { type: "number", min: "0", "aria-label": page.sample });
  const samples = h("label", { class: "ls-sample" }, `${page.numbers_of} `, sample);
  const share = shareButtons(buttons);
  const picture = h(
    "section",
    { class: "ls-card ls-picture", "aria-label": page.title },
    head,
    scroll,
    says,
    h("footer", {}, samples, share.root),
  );
  const root = h("div", { class: "ls-stage-root" }, absence, notices, cards, picture);
  return { root, absence, notices, cards, head, svg, scroll, says, sample, samples, share, picture };
}

/**
 * The picture's heading, with what colours and lines mean.
 * @param {PageRecord} page
 * @param {PictureRecord["directions"]} directions
 */
function heading(page, directions) {
  return h(
    "header",
    {},
    h("h2", {}, page.title),
    h("span", { class: "ls-hint" }, page.hint),
    directions.map((direction) => legend(direction, page.directions[direction])),
    Object.entries(page.links).map(([link, words]) => legend(`link-${link}`, words)),
  );
}

/** A change comes in two messages: what follows by formula, and then, with the run, all the rest. Until then
 *  what the last run gave stays to be seen, marked as late. */
export class Stage {
  /**
   * @param {ReturnType<typeof skeleton>} parts
   * @param {Figure} figure
   * @param {PageRecord} page
   */
  constructor(parts, figure, page) {
    this.parts = parts;
    this.figure = figure;
    this.page = page;
    /** @type {Map<string, ShapeRecord | null>} */
    this.verdicts = new Map();
    /** @type {NoticeRecord[]} */
    this.remarks = [];
    this.live = true;
  }

  /**
   * Draw what has changed.
   * @param {ViewRecord} view
   * @param {PictureRecord} picture
   * @param {SlicesRecord} known
   * @param {PictureFoundRecord} found
   */
  draw(view, picture, known, found) {
    const { parts, page } = this;
    parts.root.dataset.status = view.status;
    this.drawNotices(view);
    this.drawCards(view);
    renew(parts.head, picture.directions, (directions) => heading(page, directions));
    const late = found.showing !== view.showing;
    if (!late) parts.picture.dataset.state = found.state;
    parts.samples.hidden = view.samples === null;
    if (!view.pending) {
      parts.sample.max = String(Number(view.samples) - 1);
      parts.sample.value = String(view.sample);
      parts.sample.defaultValue = parts.sample.value;
    }
    this.figure.draw(picture, known, found, late);
  }

  /** @param {ViewRecord} view */
  drawNotices({ notices, pending }) {
    if (!pending) this.remarks = notices.filter(({ tone }) => tone === "remark");
    const all = pending ? [...notices, ...this.remarks] : notices;
    const { cure } = this.page;
    renew(this.parts.notices, all, (shown) =>
      h(
        "div",
        { class: "ls-notices" },
        shown.map((each) => notice(each, cure)),
      ),
    );
  }

  /** @param {ViewRecord} view */
  drawCards({ cards, pending }) {
    if (!pending) this.verdicts = new Map(cards.map(({ tensor, shape }) => [tensor, shape]));
    const records = cards.map((record) => ({
      record,
      kept: pending ? (this.verdicts.get(record.tensor) ?? null) : null,
      instead: this.live ? "" : this.page.of_earlier,
    }));
    renew(this.parts.cards, records, (shown) =>
      h(
        "div",
        { class: "ls-cards" },
        shown.map(({ record, kept, instead }) => card(record, kept, instead)),
      ),
    );
  }
}
