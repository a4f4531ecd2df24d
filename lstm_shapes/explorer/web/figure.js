// The linked picture: draws the record of panels/figure.py, and lights in it and in the
// cards what belongs to the slice that is pointed at. All of it happens here, without the
// kernel; only a pinned slice is told to it.

import { h, morph, s } from "./dom.js";
import { claim } from "./parts/claims.js";
import { spell } from "./parts/words.js";
import { slab } from "./cards.js";

const KEYS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Everything that is lit with a slice: id -> selected, wrote, same or read. */
export function linked(slices, id) {
  const chosen = slices[id];
  if (!chosen) return new Map();
  if (chosen.axis !== undefined) return alongAxis(slices, chosen, id);
  const written = chosen.holds.filter((held) => /^[hc]\./.test(held)); // not x or h_0
  const writers = written.map((held) => `cell${held.slice(1)}`).filter((cell) => cell !== id);
  const links = new Map();
  const waiting = [...writers, id];
  while (waiting.length) {
    for (const source of slices[waiting.pop()].reads) {
      if (!links.has(source)) {
        links.set(source, "read");
        waiting.push(source);
      }
    }
  }
  for (const [name, { holds }] of Object.entries(slices)) {
    if (holds?.some((held) => chosen.holds.includes(held))) links.set(name, "same");
  }
  writers.forEach((writer) => links.set(writer, "wrote"));
  return links.set(id, "selected");
}

/** An axis lights its namesakes, and the slices that follow each other along it. */
function alongAxis(slices, chosen, id) {
  const links = new Map();
  for (const [name, each] of Object.entries(slices)) {
    const namesake = each.axis !== undefined && each.name === chosen.name;
    const along = each.axis === undefined && each.tensor === chosen.tensor && each.where[chosen.axis];
    if (namesake || along) links.set(name, "same");
  }
  return links.set(id, "selected");
}

export class Figure {
  /** `svg` is drawn in, `says` gets the words; `cards` hold what is lit too. */
  constructor({ svg, says, cards }) {
    Object.assign(this, { svg, says, cards, made: new Map(), drawn: new Map(), lit: new Map(), stops: new Map() });
    this.layers = ["frames", "lines", "boxes", "texts"].map((name) => s("g", { class: `ls-layer-${name}` }));
    svg.append(...this.layers);
    this.pinned = "";
    this.pointed = null;
    this.focused = null;
    this.users = { cells: [], words: "" };
  }

  /** Draw a picture, and keep what the run gave for it; what stays keeps its node. */
  draw(picture, found) {
    const changed = this.picture !== picture;
    Object.assign(this, { picture, found });
    if (changed) this.drawPicture(picture.drawing);
    this.light();
  }

  drawPicture({ width, height, frames, arrows, boxes, texts }) {
    // One to one: at another scale every letter would have to be set anew.
    for (const [name, value] of Object.entries({ width, height, viewBox: `0 ${-height} ${width} ${height}` })) set(this.svg, name, value);
    const [under, wires, nodes, labels] = this.layers;
    this.drawn.clear();
    morph(under, s("g", { class: "ls-layer-frames" }, frames.map((d) => s("path", { class: "ls-frame", d }))));
    morph(labels, s("g", { class: "ls-layer-texts" }, texts.map(([x, y, text, role]) => s("text", { x, y, class: `ls-t-${role}` }, text))));
    this.keep(wires, arrows, ([, d]) => ({ d }), () => [s("path", { class: "ls-hit" }), s("path", { class: "ls-wire" })]);
    this.keep(nodes, boxes, boxParts, () => [s("rect", { rx: 5 }), s("text", { class: "ls-cell-label" })]);
    this.place();
  }

  /** One group for each item, in their order; made once, then kept by id. */
  keep(layer, items, measure, make) {
    const ids = new Set(items.map(([id]) => id));
    for (const node of [...layer.children]) {
      if (!ids.has(node.dataset.id)) node.remove();
    }
    let next = layer.firstChild;
    for (const item of items) {
      const [id] = item;
      if (!this.made.has(id)) this.made.set(id, { node: s("g", { "data-id": id }, make()), drawn: "" });
      const one = this.made.get(id);
      if (one.node === next) next = next.nextSibling;
      else layer.insertBefore(one.node, next);
      this.drawn.set(id, one.node);
      const { classes, words, code } = this.picture.slices[id];
      const now = [classes, words, code, ...item].join();
      if (one.drawn === now) continue;
      one.drawn = now;
      describe(one.node, id, classes, words, code);
      shape(one.node, measure(item));
    }
  }

  /** One stop for Tab in each group; the arrow keys do the rest. */
  place() {
    const first = new Map();
    for (const id of this.drawn.keys()) {
      if (!this.picture.slices[id].words) continue;
      const group = groupOf(id);
      if (!first.has(group) || this.stops.get(group) === id) first.set(group, id);
    }
    for (const [id, node] of this.drawn) {
      if (this.picture.slices[id].words) set(node, "tabindex", first.get(groupOf(id)) === id ? "0" : "-1");
    }
  }

  /** Let Tab come back to where the arrow keys went. */
  rove(id) {
    this.stops.set(groupOf(id), id);
    this.place();
  }

  node(id) {
    return this.drawn.get(id) ?? this.cards.querySelector(`[data-id="${CSS.escape(id)}"]`);
  }

  get active() {
    // What was pointed at may have gone with the last change.
    return [this.pointed, this.focused].find((id) => this.picture.slices[id]) ?? this.pinned;
  }

  /** Light what is linked with the active slice, and say what it is. */
  light() {
    const links = this.users.cells.length ? this.usersOf(this.users.cells) : linked(this.picture.slices, this.active);
    for (const id of new Set([...this.lit.keys(), ...links.keys()])) mark(this.node(id), links.get(id));
    this.lit = links;
    for (const id of new Set([this.pressed, this.pinned])) {
      const node = this.node(id);
      if (node) set(node, "aria-pressed", String(id === this.pinned));
    }
    this.pressed = this.pinned;
    this.lightCards(links);
    this.say();
  }

  /** Light these cells instead of what is pointed at or pinned; an empty list ends it. */
  lightCells(cells, words) {
    if (this.users.cells.join() === cells.join() && this.users.words === words) return;
    this.users = { cells, words };
    this.light();
  }

  usersOf(cells) {
    return new Map(cells.filter((id) => this.drawn.has(id)).map((id) => [id, "selected"]));
  }

  lightCards(links) {
    const { slices } = this.picture;
    const order = ["read", "same", "selected"];
    for (const card of this.cards.children) {
      const slabs = card.querySelector(".ls-slabs");
      if (!slabs) continue;
      const parts = [...links]
        .filter(([id]) => slices[id].tensor === card.dataset.tensor && slices[id].where)
        .sort(([, a], [, b]) => order.indexOf(a) - order.indexOf(b));
      const fresh = s("g", { class: "ls-slabs" }, parts.map(([id, link]) => slab(slabs.ownerSVGElement, slices[id].where, link, slices[id].classes)));
      morph(slabs, fresh);
      card.classList.toggle("ls-chosen", slices[this.active]?.tensor === card.dataset.tensor);
    }
  }

  /** The sentence, what was found of it on the run, and the numbers. */
  say() {
    const chosen = this.picture.slices[this.active];
    morph(this.says, h("div", { class: "ls-says", "aria-live": "polite" }, ...this.sentence(chosen)));
  }

  sentence(chosen) {
    if (this.users.cells.length) return [h("p", {}, spell(this.users.words))];
    if (!chosen) {
      const gone = this.active ? `\`${this.active}\` is not in this picture. ` : "";
      return [h("p", {}, spell(`${gone}Point at, or focus, any slice: what wrote it, what holds the same numbers and what was read for it lights up.`))];
    }
    const { words } = chosen;
    const claims = this.found.found[this.active]?.claims ?? [];
    const numbers = this.numbers(chosen);
    return [
      h("p", {}, spell(words)),
      claims.length ? h("div", { class: "ls-found" }, h("span", {}, "on this run:"), claims.map((each) => claim("div", each))) : null,
      h("p", { class: "ls-numbers" }, numbers || this.found.without),
    ];
  }

  /** The numbers of a slice; of an arrow, those of what it comes from. */
  numbers({ reads = [] }) {
    const { found } = this.found;
    const shown = found[this.active] ? [this.active] : reads;
    return shown.map((id) => found[id]?.numbers ?? "").join("   ");
  }

  /** What the picture shows, in words. */
  caption() {
    const { words = "" } = this.picture.slices[this.active] ?? {};
    const claims = this.found.found[this.active]?.claims ?? [];
    const found = claims.map(({ holds, statement, reason }) => `${holds ? "✓" : "✗"} ${statement}: ${reason}.`);
    return [`${this.picture.module}.`, words.replaceAll("`", ""), ...found].join(" ");
  }

  /** Pin a slice, or release it; empty releases. */
  pin(id) {
    this.pinned = id;
    this.light();
  }

  /** The slice next to one in the direction of an arrow key: boxes and arrows apart. */
  beside(id, key) {
    const [dx, dy] = KEYS[key];
    const kin = (other) => this.picture.slices[other].words && isArrow(other) === isArrow(id);
    const here = middle(this.drawn.get(id));
    let [best, least] = [null, Infinity];
    for (const [other, node] of this.drawn) {
      if (other === id || !kin(other)) continue;
      const there = middle(node);
      const [ahead, aside] = dx ? [(there.x - here.x) * dx, Math.abs(there.y - here.y)] : [(there.y - here.y) * dy, Math.abs(there.x - here.x)];
      if (ahead > 1 && ahead + 4 * aside < least) [best, least] = [other, ahead + 4 * aside];
    }
    return best;
  }
}

function describe(node, id, classes, words, code) {
  set(node, "class", classes);
  if (!words) return;
  set(node, "data-slice", code ?? id);
  set(node, "role", "button");
  set(node, "aria-label", words.replaceAll("`", ""));
}

function shape(node, { label, ...geometry }) {
  for (const child of node.children) {
    if (child.tagName === "text") {
      set(child, "x", geometry.x + geometry.width / 2);
      set(child, "y", geometry.y + geometry.height / 2 + 4);
      if (child.textContent !== label) child.textContent = label;
    } else {
      for (const name in geometry) set(child, name, geometry[name]);
    }
  }
}

function boxParts([, x, y, width, height, label]) {
  return { x, y, width, height, label };
}

function isArrow(id) {
  return id.startsWith("arrow.");
}

/** What Tab stops at once: a layer's cells, all arrows, out, a state, the input. */
function groupOf(id) {
  return id.startsWith("cell.") ? id.split(".", 2).join(".") : id.split(".", 1)[0];
}

function middle(node) {
  const { x, y, width, height } = node.getBBox();
  return { x: x + width / 2, y: y + height / 2 };
}

function set(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, value);
}

function mark(node, link) {
  if (!node) return;
  if (link) {
    set(node, "data-lit", "true");
    set(node, "data-link", link);
  } else {
    node.removeAttribute("data-lit");
    node.removeAttribute("data-link");
  }
}
