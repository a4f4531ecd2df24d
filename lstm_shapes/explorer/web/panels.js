// The tabs below the picture, and what is chosen in them. Only the chosen one is computed, and
// only while it is in view; what can be walked through without the kernel is.

import { h, morph } from "./dom.js";
import { argumentsPanel } from "./panels/arguments.js";
import { articlePanel } from "./panels/article.js";
import { cellPanel, lightLines } from "./panels/cell.js";
import { directionsPanel, glide, places, stepAfter } from "./panels/directions.js";
import { lengthsPanel } from "./panels/lengths.js";
import { parametersPanel } from "./panels/parameters.js";
import { reproducibilityPanel } from "./panels/reproducibility.js";
import { scrambledPanel } from "./panels/scrambled.js";
import { statesPanel } from "./panels/states.js";
import { vectorsPanel } from "./panels/vectors.js";
import { copy } from "./share.js";

const PACE = 1600; // milliseconds a step is shown while playing

const MAKERS = {
  directions: directionsPanel,
  cell: cellPanel,
  parameters: parametersPanel,
  arguments: argumentsPanel,
  lengths: lengthsPanel,
  states: statesPanel,
  vectors: vectorsPanel,
  scrambled: scrambledPanel,
  reproducibility: reproducibilityPanel,
  article: articlePanel,
};
const NUMBERS = new Set(["step", "layer"]);

export class Panels {
  /** `tell` sets a trait of the model; the figure lights what the panel points at. */
  constructor(model, tell, figure) {
    Object.assign(this, { model, tell, figure, playing: 0, drawn: {} });
    this.tabs = h("div", { class: "ls-tabs", role: "tablist", "aria-label": "panels" });
    this.body = h("div", { class: "ls-panel-body", role: "tabpanel" });
    this.root = h("section", { class: "ls-card ls-panel" }, this.tabs, this.body);
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("submit", (event) => this.submitted(event));
    this.root.addEventListener("change", (event) => this.changed(event));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    for (const name of ["pointerover", "focusin"]) this.root.addEventListener(name, ({ target }) => this.light(target));
    for (const name of ["pointerleave", "focusout"]) this.root.addEventListener(name, () => this.light(this.root));
    this.watcher = new IntersectionObserver(([{ isIntersecting }]) => tell("panel_seen", isIntersecting));
    this.watcher.observe(this.root);
  }

  get choices() {
    return this.model.get("choices");
  }

  /** Draw a record; while that of another tab is on its way, the last one stays. */
  draw(record) {
    this.record = record;
    this.redraw();
  }

  /** What is shown above is the `showing`th; a panel of an older one is marked until it is made. */
  expect(showing) {
    this.showing = showing;
    this.markBusy();
  }

  markBusy() {
    const { record, choices, showing } = this;
    const late = !record || record.tab !== choices.tab || record.showing !== showing;
    this.body.setAttribute("aria-busy", String(late));
  }

  redraw() {
    const { record, choices } = this;
    if (!record) return;
    this.drawTabs(record.tabs, choices.tab);
    this.markBusy();
    this.root.dataset.state = record.state;
    const chosen = JSON.stringify([choices, Boolean(this.playing)]);
    if (this.drawn.record === record && this.drawn.chosen === chosen) return;
    this.drawn = { record, chosen };
    const moving = record.tab === "directions" && this.walked;
    const before = moving ? places(this.body) : null;
    this.show(MAKERS[record.tab](record, choices, Boolean(this.playing)));
    if (moving) glide(this.body, before);
    this.walked = false;
  }

  show(fresh) {
    if (this.body.firstChild) morph(this.body.firstChild, fresh);
    else this.body.append(fresh);
    // A field that is being typed in is its user's.
    for (const field of this.body.querySelectorAll("input")) {
      if (field !== document.activeElement) field.value = field.getAttribute("value");
    }
  }

  drawTabs(tabs, chosen) {
    const made = Object.entries(tabs).map(([tab, name]) =>
      h("button", { type: "button", role: "tab", class: "ls-tab", "data-choice": "tab", "data-value": tab, "aria-selected": String(tab === chosen), tabindex: tab === chosen ? "0" : "-1" }, name),
    );
    morph(this.tabs, h("div", { class: "ls-tabs", role: "tablist", "aria-label": "panels" }, made));
    this.body.setAttribute("aria-label", tabs[chosen]);
  }

  choose(changes) {
    if ("tab" in changes) this.light(this.root); // what was pointed at goes with the old one
    this.walked = "step" in changes || "way" in changes || "merge" in changes;
    this.tell("choices", { ...this.choices, ...changes });
    this.redraw();
  }

  clicked(event) {
    const button = event.target.closest("button");
    if (!button) return;
    const { choice, value, copy: text, open: link, do: action } = button.dataset;
    if (link) {
      this.model.send({ action: "open", link });
    } else if (action) {
      this.model.send({ action });
    } else if ("play" in button.dataset) {
      this.play();
    } else if (choice) {
      this.stop();
      this.choose({ [choice]: NUMBERS.has(choice) ? Number(value) : value });
    } else if (text) {
      copy(text, button.nextElementSibling);
    }
  }

  submitted(event) {
    event.preventDefault();
    this.choose({ vector: event.target.querySelector("input").value.trim() });
  }

  changed({ target }) {
    const number = Math.trunc(target.valueAsNumber) || 0;
    if (target.matches(".ls-sample-input")) this.tell("sample", number);
    if (target.dataset.field) this.choose({ [target.dataset.field]: Math.max(number, Number(target.min)) });
    if (target.dataset.length) this.model.send({ action: "length", sample: Number(target.dataset.length), length: number });
  }

  /** Light what belongs to what is pointed at: the lines of a cell, the cells of a weight. */
  light(target) {
    lightLines(this.body, target);
    const weight = target.closest("[data-lights]");
    for (const each of this.body.querySelectorAll("[data-cell]")) each.toggleAttribute("data-used", each.dataset.cell === weight?.dataset.lights);
    this.figure.lightCells(weight?.dataset.lights.split(" ") ?? [], weight?.dataset.words ?? "");
  }

  /** The arrow keys: from tab to tab, and from step to step. */
  pressed(event) {
    const from = event.target.closest("[role=tab], .ls-steps .ls-choice");
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!from || !turn) return;
    const row = [...from.parentElement.children];
    const next = row[row.indexOf(from) + turn];
    if (!next) return;
    event.preventDefault();
    next.click();
    next.focus();
  }

  /** Walk to the last step, from the first if it is reached already. */
  play() {
    if (this.playing) return this.stop();
    this.playing = setInterval(() => this.advance(), PACE);
    if (!stepAfter(this.record, this.choices)) this.choose({ step: 1 });
    else this.advance();
  }

  advance() {
    const next = this.record.tab === "directions" && stepAfter(this.record, this.choices);
    if (next) this.choose({ step: next });
    if (!next || !stepAfter(this.record, this.choices)) this.stop();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.redraw();
  }

  close() {
    clearInterval(this.playing);
    this.watcher.disconnect();
  }
}
