// The linked picture: draws its record, and lights in it and in the cards what belongs to the slice that is pointed
// at. All of it happens here, without the kernel; only a pinned slice is told to it.

import { slab } from "./block.js";
import { h, morph, s, set } from "./dom.js";
import { linked } from "./linked.js";
import { neighbour } from "./neighbour.js";
import { describe, mark, middle, shape } from "./nodes.js";
import { sentence } from "./says.js";

/** @import { Arrow, Box, DrawingRecord, PictureFoundRecord, PageRecord } from "./records.js" */
/** @import { PictureRecord, SlicesRecord } from "./records.js" */
/** @import { Link } from "./linked.js" */

/** @type {Link[]} */
const ORDER = ["read", "same", "selected"]; // what is drawn over what in a block

/** @type {PictureRecord} */
const NO_PICTURE = {
  module: "",
  legend: [],
  head: 0,
  caption_width: 0,
  directions: [],
  drawing: { width: 0, height: 0, boxes: [], arrows: [], frames: [], texts: [] },
  nodes: {},
};

export class Figure {
  /**
   * @param {{ svg: SVGSVGElement, says: HTMLElement, cards: HTMLElement }} parts drawn in, spoken in, and lit too
   * @param {PageRecord} page
   */
  constructor({ svg, says, cards }, page) {
    this.svg = svg;
    this.says = says;
    this.cards = cards;
    this.page = page;
    this.picture = NO_PICTURE;
    /** @type {SlicesRecord} */
    this.known = { slices: {}, axes: {} };
    this.knownOf = NO_PICTURE; // the picture of whose slices that is known
    /** @type {PictureFoundRecord} */
    this.found = { showing: 0, state: "predicted", found: {}, without: "" };
    this.late = false;
    this.pinned = "";
    /** @type {string | null} */
    this.pointed = null;
    /** @type {string | null} */
    this.focused = null;
    this.onSay = () => {}; // heard whenever something is said
    /** @type {{ cells: string[], words: string }} */
    this.users = { cells: [], words: "" };
    /** The node of each slice that is drawn, and what it was drawn from.
     * @type {Map<string, { node: SVGGElement, from: string }>} */
    this.drawn = new Map();
    /** @type {Map<string, Link>} */
    this.lit = new Map();
    this.pressed = "";
    /** @type {Map<string, string>} where Tab stops in each group */
    this.stops = new Map();
    /** @type {(name: string) => SVGGElement} */
    const layer = (name) => s("g", { class: `ls-layer-${name}` });
    this.layers = { frames: layer("frames"), lines: layer("lines"), boxes: layer("boxes"), texts: layer("texts") };
    svg.append(...Object.values(this.layers));
  }

  /**
   * Draw a picture, and say what is known of it and what the run gave for it; what stays keeps its node.
   * @param {PictureRecord} picture
   * @param {SlicesRecord} known
   * @param {PictureFoundRecord} found
   * @param {boolean} late whether these are of an older picture, and new ones on their way
   */
  draw(picture, known, found, late) {
    const changed = this.picture !== picture;
    this.picture = picture;
    this.found = found;
    this.late = late;
    if (changed) this.drawPicture(picture.drawing);
    if (!late) this.learn(known);
    this.light();
  }

  /**
   * Take what is known of the slices that are drawn.
   * @param {SlicesRecord} known
   */
  learn(known) {
    const same = this.known === known && !this.behind;
    this.known = known;
    this.knownOf = this.picture;
    if (same) return;
    for (const [id, { node }] of this.drawn) {
      const { words } = known.slices[id];
      if (words) set(node, "aria-label", words.replaceAll("`", ""));
    }
  }

  /** @param {DrawingRecord} drawing */
  drawPicture({ width, height, frames, arrows, boxes, texts }) {
    // One to one: at another scale every letter would have to be set anew.
    const place = { width, height, viewBox: `0 ${-height} ${width} ${height}` };
    for (const [name, value] of Object.entries(place)) set(this.svg, name, value);
    const { layers } = this;
    const paths = frames.map((d) => s("path", { class: "ls-frame", d }));
    const words = texts.map(([x, y, text, role]) => s("text", { x, y, class: `ls-t-${role}` }, text));
    morph(layers.frames, s("g", { class: "ls-layer-frames" }, paths));
    morph(layers.texts, s("g", { class: "ls-layer-texts" }, words));
    const before = this.drawn;
    this.drawn = new Map();
    this.keep(layers.lines, before, arrows, lineOf, () => [
      s("path", { class: "ls-hit" }),
      s("path", { class: "ls-wire" }),
    ]);
    this.keep(layers.boxes, before, boxes, boxOf, () => [s("rect", { rx: 5 }), s("text", { class: "ls-cell-label" })]);
    for (const [id, { node }] of before) if (!this.drawn.has(id)) node.remove();
    this.placeStops();
  }

  /**
   * One group for each item, in their order: of what was drawn before the same node.
   * @template {Arrow | Box} T
   * @param {SVGGElement} layer
   * @param {Figure["drawn"]} before
   * @param {T[]} items
   * @param {(item: T) => Record<string, string | number>} measure
   * @param {() => SVGElement[]} make
   */
  keep(layer, before, items, measure, make) {
    let next = layer.firstChild;
    for (const item of items) {
      const [id] = item;
      const one = before.get(id) ?? { node: s("g", { "data-id": id }, make()), from: "" };
      if (one.node === next) next = next.nextSibling;
      else layer.insertBefore(one.node, next);
      this.drawn.set(id, one);
      const { classes, name } = this.picture.nodes[id];
      const from = [classes, name, ...item].join();
      if (one.from === from) continue;
      one.from = from;
      describe(one.node, classes, name);
      shape(one.node, measure(item));
    }
  }

  /** One stop for Tab in each group; the arrow keys do the rest. */
  placeStops() {
    const { nodes } = this.picture;
    /** @type {Map<string, string>} */
    const first = new Map();
    for (const id of this.drawn.keys()) {
      const { name, group } = nodes[id];
      if (name && (!first.has(group) || this.stops.get(group) === id)) first.set(group, id);
    }
    for (const [id, { node }] of this.drawn) {
      const { name, group } = nodes[id];
      if (name) set(node, "tabindex", first.get(group) === id ? "0" : "-1");
    }
  }

  /**
   * Let Tab come back to where the arrow keys went.
   * @param {string} id
   */
  rove(id) {
    this.stops.set(this.picture.nodes[id].group, id);
    this.placeStops();
  }

  /**
   * What can be pointed at under an id, in the picture or in the cards.
   * @param {string | null} id
   */
  target(id) {
    if (id === null) return undefined;
    return this.picture.nodes[id] ? this.known.slices[id] : this.known.axes[id];
  }

  /** Whether what is known is of an older picture. */
  get behind() {
    return this.knownOf !== this.picture;
  }

  /** @param {string} id */
  node(id) {
    return this.drawn.get(id)?.node ?? this.cards.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  get active() {
    // What was pointed at may have gone with the last change.
    return [this.pointed, this.focused].find((id) => this.target(id)) ?? this.pinned;
  }

  /** Light what is linked with the active slice, and say what it is. While what is known is of an older picture,
   *  what was lit stays so. */
  light() {
    if (!this.behind) this.lightLinked();
    this.say();
  }

  lightLinked() {
    const links = this.users.cells.length ? this.usersLit() : linked(this.known, this.active);
    for (const id of new Set([...this.lit.keys(), ...links.keys()])) mark(this.node(id), links.get(id));
    this.lit = links;
    for (const id of new Set([this.pressed, this.pinned])) {
      const node = this.node(id);
      if (node) set(node, "aria-pressed", String(id === this.pinned));
    }
    this.pressed = this.pinned;
    this.lightBlocks(links);
  }

  /**
   * Light these cells instead of what is pointed at or pinned, and say why; no cell ends it.
   * @param {string[]} cells
   * @param {string} words
   */
  lightCells(cells, words) {
    if (this.users.cells.join() === cells.join() && this.users.words === words) return;
    this.users = { cells, words };
    this.light();
  }

  usersLit() {
    /** @type {Map<string, Link>} */
    const links = new Map();
    for (const id of this.users.cells) if (this.drawn.has(id)) links.set(id, "selected");
    return links;
  }

  /** @param {Map<string, Link>} links */
  lightBlocks(links) {
    const { slices } = this.known;
    const { nodes } = this.picture;
    for (const card of this.cards.children) {
      const slabs = card.querySelector(".ls-slabs");
      const block = slabs?.closest("svg");
      if (!slabs || !block) continue;
      const tensor = card.getAttribute("data-tensor");
      const parts = ORDER.flatMap((link) =>
        [...links].filter(([id, other]) => other === link && slices[id]?.tensor === tensor && slices[id].where),
      );
      const made = parts.map(([id, link]) => slab(block, slices[id].where ?? [], link, nodes[id].classes));
      morph(slabs, s("g", { class: "ls-slabs" }, made));
      card.classList.toggle("ls-chosen", this.target(this.active)?.tensor === tensor);
    }
  }

  /** The sentence, what was found of it on the run, and the numbers. The sentence of what has the focus is its name,
   *  which was read out with it: it is not to be heard again. */
  say() {
    const live = this.focused && this.active === this.focused ? "off" : "polite";
    morph(this.says, h("div", { class: "ls-says", "aria-live": live }, sentence(this)));
    this.onSay();
  }

  /** What the picture shows, in words. */
  caption() {
    const words = this.target(this.active)?.words ?? "";
    const claims = this.found.found[this.active]?.claims ?? [];
    const found = claims.map(({ holds, statement, reason }) => `${holds ? "✓" : "✗"} ${statement}: ${reason}.`);
    return [`${this.picture.module}.`, words.replaceAll("`", ""), ...found].join(" ");
  }

  /**
   * Pin a slice, or release it; empty releases.
   * @param {string} id
   */
  pin(id) {
    this.pinned = id;
    this.light();
  }

  /**
   * The slice next to one in the direction of an arrow key: boxes and arrows apart.
   * @param {string} id
   * @param {string} key
   */
  beside(id, key) {
    const { nodes } = this.picture;
    const arrow = nodes[id].group === "arrow";
    /** @type {[string, { x: number, y: number }][]} */
    const others = [];
    for (const [other, { node }] of this.drawn) {
      const { group, name } = nodes[other];
      if (other !== id && name && (group === "arrow") === arrow) others.push([other, middle(node)]);
    }
    const here = this.drawn.get(id);
    return here ? neighbour(middle(here.node), others, key) : null;
  }
}

/** @param {Arrow} arrow */
function lineOf([, d]) {
  return { d };
}

/** @param {Box} box */
function boxOf([, x, y, width, height, label]) {
  return { x, y, width, height, label };
}
