// The tabs below the picture, and what is chosen in them. Only the chosen one is computed, and only while it is in
// view; what can be walked through without the kernel is.

import { copy } from "./copy.js";
import { around, h, morph, renew, set } from "./dom.js";
import { read, tell } from "./model.js";
import { argumentsPanel } from "./panels/arguments.js";
import { articlePanel } from "./panels/article.js";
import { callPanel } from "./panels/call.js";
import { cellPanel, lightLines } from "./panels/cell.js";
import { decoderPanel } from "./panels/decoder.js";
import { directionsPanel, glide, places, stepAfter } from "./panels/directions.js";
import { explainPanel } from "./panels/explain.js";
import { lengthsPanel } from "./panels/lengths.js";
import { parametersPanel } from "./panels/parameters.js";
import { reproducibilityPanel } from "./panels/reproducibility.js";
import { scrambledPanel } from "./panels/scrambled.js";
import { statesPanel } from "./panels/states.js";
import { vectorsPanel } from "./panels/vectors.js";
import { refusal, takeNumber } from "./parts/fields.js";
import { note } from "./parts/note.js";
import { reachable } from "./scrolling.js";
import { termsLine } from "./terms.js";

/** @import { Model } from "./model.js" */
/** @import { Figure } from "./picture.js" */
/** @import { Choices, PageRecord, PanelRecord, Panels as Records } from "./records.js" */

/** @typedef {keyof Records} Tab */

const PACE = 1600; // milliseconds a step is shown while playing

/**
 * What draws each tab's record.
 * @type {{ [T in Tab]: (record: Records[T], choices: Choices, playing: boolean) => HTMLElement }}
 */
const DRAW = {
  directions: directionsPanel,
  cell: cellPanel,
  parameters: parametersPanel,
  arguments: argumentsPanel,
  lengths: lengthsPanel,
  states: statesPanel,
  decoder: decoderPanel,
  vectors: vectorsPanel,
  scrambled: scrambledPanel,
  reproducibility: reproducibilityPanel,
  article: articlePanel,
  call: callPanel,
  explain: explainPanel,
};
const NUMBERS = new Set(["step", "layer"]);

/**
 * Draw a panel. Which record belongs to which tab is what `Records` says; here it is one of them.
 * @param {PanelRecord} record
 * @param {Choices} choices
 * @param {boolean} playing
 */
function drawn(record, choices, playing) {
  return /** @type {(...given: unknown[]) => HTMLElement} */ (DRAW[record.tab])(record, choices, playing);
}

export class Panels {
  /**
   * @param {Model} model
   * @param {Figure} figure lights what a panel points at
   * @param {PageRecord} page
   * @param {AbortSignal} signal
   */
  constructor(model, figure, page, signal) {
    this.model = model;
    this.figure = figure;
    this.page = page;
    this.playing = 0;
    this.showing = 0;
    this.walked = false;
    /** @type {PanelRecord | null} */
    this.record = null;
    /** What the panel was drawn from.
     * @type {{ record: PanelRecord | null, chosen: string }} */
    this.from = { record: null, chosen: "" };
    this.tabs = h("div", { class: "ls-tabs" });
    this.body = h("div", { class: "ls-panel-body", role: "tabpanel" });
    /** Says that a smaller twin was measured. */
    this.smaller = h("div", { class: "ls-smaller" });
    this.terms = h("div", { class: "ls-terms" });
    this.root = h("section", { class: "ls-card ls-panel" }, this.tabs, this.terms, this.smaller, this.body);
    this.listen(signal);
    this.watch(signal);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { root } = this;
    root.addEventListener("click", (event) => this.clicked(event), { signal });
    root.addEventListener("submit", (event) => this.submitted(event), { signal });
    root.addEventListener("change", (event) => this.changed(event), { signal });
    root.addEventListener("keydown", (event) => this.pressed(event), { signal });
    for (const name of ["pointerover", "focusin"]) {
      root.addEventListener(name, (event) => this.light(event.target), { signal });
    }
    for (const name of ["pointerleave", "focusout"]) root.addEventListener(name, () => this.light(root), { signal });
  }

  /**
   * Tell whether the panel is in view: one that is not need not be made.
   * @param {AbortSignal} signal
   */
  watch(signal) {
    const watcher = new IntersectionObserver((entries) => {
      const inView = entries[entries.length - 1].isIntersecting;
      this.root.dataset.inView = String(inView);
      tell(this.model, "panel_seen", inView);
    });
    watcher.observe(this.root);
    const sizes = new ResizeObserver(() => reachable(this.body));
    sizes.observe(this.body);
    const end = () => {
      clearInterval(this.playing);
      watcher.disconnect();
      sizes.disconnect();
    };
    signal.addEventListener("abort", end, { once: true });
  }

  get choices() {
    return read(this.model, "choices");
  }

  /**
   * Draw a record; while that of another tab is on its way, the last one stays.
   * @param {PanelRecord} record
   */
  draw(record) {
    this.record = "tab" in record ? record : null; // there is none before the first is made
    this.redraw();
  }

  /**
   * What is shown above is the `showing`th; a panel of an older one is marked until it is made.
   * @param {number} showing
   */
  expect(showing) {
    this.showing = showing;
    this.markBusy();
  }

  markBusy() {
    const { record, choices, showing } = this;
    const late = record?.tab !== choices.tab || record.showing !== showing;
    set(this.body, "aria-busy", String(late));
  }

  redraw() {
    const { record, choices } = this;
    if (!record) return;
    this.drawTabs(choices.tab);
    this.markBusy();
    this.root.dataset.state = record.state;
    const chosen = JSON.stringify([choices, Boolean(this.playing)]);
    if (this.from.record === record && this.from.chosen === chosen) return;
    this.from = { record, chosen };
    const smaller = note(record.smaller);
    this.smaller.replaceChildren(...(smaller ? [smaller] : []));
    const before = record.tab === "directions" && this.walked ? places(this.body) : null;
    this.show(drawn(record, choices, Boolean(this.playing)));
    if (before) glide(this.body, before);
    this.walked = false;
  }

  /** @param {HTMLElement} fresh */
  show(fresh) {
    if (this.body.firstChild) morph(this.body.firstChild, fresh);
    else this.body.append(fresh);
    reachable(this.body);
    // A field that is being typed in is its user's.
    for (const field of this.body.querySelectorAll("input, textarea")) {
      if (field === document.activeElement) continue;
      if (field instanceof HTMLInputElement) field.value = field.getAttribute("value") ?? "";
      if (field instanceof HTMLTextAreaElement) field.value = field.defaultValue;
    }
  }

  /** @param {Tab} chosen */
  drawTabs(chosen) {
    const { tabs, groups, tab_terms } = this.page;
    /** @type {(tab: Tab) => HTMLElement} */
    const button = (tab) => {
      const state = { "aria-selected": String(tab === chosen), tabindex: tab === chosen ? "0" : "-1" };
      const sets = { "data-choice": "tab", "data-value": tab };
      return h("button", { type: "button", role: "tab", class: "ls-tab", ...sets, ...state }, tabs[tab]);
    };
    const made = Object.entries(groups).map(([answers, own]) =>
      h(
        "div",
        { class: "ls-tab-group" },
        // It is read out as the name of the list.
        h("div", { class: "ls-tab-heading", "aria-hidden": "true" }, answers),
        h("div", { class: "ls-tab-list", role: "tablist", "aria-label": answers }, own.map(button)),
      ),
    );
    morph(this.tabs, h("div", { class: "ls-tabs" }, made));
    set(this.body, "aria-label", tabs[chosen]);
    renew(this.terms, tab_terms[chosen], (terms) => termsLine(this.page.terms, terms));
  }

  /** @param {Partial<Choices>} changes */
  choose(changes) {
    if ("tab" in changes) this.light(this.root); // what was pointed at goes with the old one
    this.walked = "step" in changes || "way" in changes || "merge" in changes;
    tell(this.model, "choices", { ...this.choices, ...changes });
    this.redraw();
  }

  /** @param {Event} event */
  clicked(event) {
    const button = around(event, "button");
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
    } else if (text && button.nextElementSibling) {
      copy(text, button.nextElementSibling, this.page);
    }
  }

  /** @param {Event} event */
  submitted(event) {
    event.preventDefault();
    const form = around(event, "form");
    const field = form?.querySelector("input, textarea");
    if (field instanceof HTMLInputElement) this.choose({ vector: field.value.trim() });
    if (field instanceof HTMLTextAreaElement) {
      // Of a long traceback the end counts.
      this.choose({ call: field.value.trim().slice(-Number(field.dataset.longest)) });
    }
  }

  /** @param {Event} event */
  changed({ target }) {
    if (!(target instanceof HTMLInputElement)) return;
    const { field, length } = target.dataset;
    const { model } = this;
    if (target.matches(".ls-sample-input")) {
      takeNumber(target, (sample) => tell(model, "sample", sample), refusal(model, "sample"));
    } else if (field) {
      takeNumber(target, (number) => this.choose({ [field]: number }), refusal(model, field));
    } else if (length) {
      /** @type {(typed: unknown) => void} */
      const send = (typed) => model.send({ action: "length", sample: Number(length), length: typed });
      takeNumber(target, send, send);
    }
  }

  /**
   * Light what belongs to what is pointed at: the lines of a cell, the cells of a weight.
   * @param {EventTarget | null} target
   */
  light(target) {
    if (!(target instanceof Element)) return;
    lightLines(this.body, target);
    const weight = target.closest("[data-lights]");
    const lights = weight?.getAttribute("data-lights") ?? "";
    for (const each of this.body.querySelectorAll("[data-cell]")) {
      each.toggleAttribute("data-used", each.getAttribute("data-cell") === lights);
    }
    this.figure.lightCells(lights ? lights.split(" ") : [], weight?.getAttribute("data-words") ?? "");
  }

  /**
   * The arrow keys: from tab to tab, from step to step, and from bug to bug.
   * @param {KeyboardEvent} event
   */
  pressed(event) {
    const { target, key, ctrlKey, metaKey } = event;
    if (target instanceof HTMLTextAreaElement && key === "Enter" && (ctrlKey || metaKey)) target.form?.requestSubmit();
    const from = around(event, "[role=tab], :is(.ls-steps, .ls-explain-choices) .ls-choice");
    const turn = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!from || !turn) return;
    // The groups of tabs are one row to the keys.
    const row = [
      ...((from.role === "tab" ? this.tabs.querySelectorAll("[role=tab]") : from.parentElement?.children) ?? []),
    ];
    const next = row[row.indexOf(from) + turn];
    if (!(next instanceof HTMLElement)) return;
    event.preventDefault();
    next.click();
    next.focus();
  }

  /** The step after the one that is shown; null after the last, and in other tabs. */
  next() {
    const { record, choices } = this;
    if (record?.tab !== "directions") return null;
    return stepAfter(/** @type {Records["directions"]} */ (/** @type {unknown} */ (record)), choices);
  }

  /** Walk to the last step, from the first if it is reached already. */
  play() {
    if (this.playing) return this.stop();
    this.playing = setInterval(() => this.advance(), PACE);
    if (!this.next()) this.choose({ step: 1 });
    else this.advance();
  }

  advance() {
    const next = this.next();
    if (next) this.choose({ step: next });
    if (!this.next()) this.stop();
  }

  stop() {
    clearInterval(this.playing);
    this.playing = 0;
    this.redraw();
  }
}
