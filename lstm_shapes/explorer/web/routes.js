// The bar above the cards: what can be done with the page, or where a walk through it is.

import { copy } from "./copy.js";
import { around, h, morph } from "./dom.js";
import { observe, read, tell } from "./model.js";
import { spell } from "./parts/words.js";

/** @import { Model } from "./model.js" */
/** @import { PageRecord, WalkRecord } from "./records.js" */

const CLOSED = "lstm-shapes-routes-closed"; // whether the offer was closed, in this browser
const NARROW = 700; // pixels below which the offer starts closed

/**
 * A browser may keep nothing: then it is as on the first visit.
 * @param {string} [value] to be kept
 */
function kept(value) {
  try {
    if (value !== undefined) localStorage.setItem(CLOSED, value);
    return localStorage.getItem(CLOSED);
  } catch {
    return null;
  }
}

/**
 * The routes, offered.
 * @param {PageRecord["routes"]} words
 * @param {boolean} open
 */
function offer({ heading, names }, open) {
  const routes = Object.entries(names).map(([route, name]) =>
    h("button", { type: "button", class: "ls-route", "data-route": route, "data-stop": "1" }, name),
  );
  const state = { type: "button", class: "ls-route-heading", "aria-expanded": String(open), "data-offer": "" };
  const row = h("div", { class: "ls-route-row", hidden: open ? null : "" }, routes);
  return h("div", { class: "ls-offer" }, h("button", state, heading), row);
}

/**
 * A button that walks to a stop; at an end it stays, so that the focus does.
 * @param {WalkRecord} walk
 * @param {number} stop
 * @param {string} name
 */
function step({ route, stops }, stop, name) {
  const there = stop >= 1 && stop <= stops.length;
  const leads = there ? { "data-route": route, "data-stop": stop } : { "aria-disabled": "true" };
  return h("button", { type: "button", class: "ls-button", ...leads }, name);
}

/**
 * @param {WalkRecord} walk
 * @param {PageRecord["routes"]} words
 */
function bar(walk, words) {
  const { route, stop, title, progress, stops, heading, text, mistake, away } = walk;
  const dots = stops.map((name, i) => {
    const at = { "data-route": route, "data-stop": i + 1, "aria-current": i + 1 === stop ? "step" : null };
    return h("button", { type: "button", class: "ls-dot", "aria-label": name, title: name, ...at });
  });
  const again = { type: "button", class: "ls-button", "data-route": route, "data-stop": stop };
  return h(
    "section",
    { class: "ls-guide ls-card", "aria-label": title },
    h(
      "div",
      { class: "ls-guide-head" },
      h("b", {}, title),
      h("span", { class: "ls-guide-progress" }, progress),
      h("span", { class: "ls-dots", role: "group", "aria-label": words.steps }, dots),
      h(
        "span",
        { class: "ls-guide-buttons" },
        step(walk, stop - 1, words.back),
        step(walk, stop + 1, words.next),
        h("button", { type: "button", class: "ls-button", "data-leave": "" }, words.leave),
      ),
    ),
    h("p", { class: "ls-guide-text", "aria-live": "polite" }, h("b", {}, `${heading}. `), spell(text)),
    h(
      "div",
      { class: "ls-guide-more" },
      away ? h("p", { class: "ls-guide-away" }, `${away} `, h("button", again, words.again)) : null,
      mistake
        ? h(
            "p",
            { class: "ls-guide-mistake" },
            h("b", {}, `${words.mistake}: `),
            spell(mistake.text),
            mistake.cost ? h("span", { class: "ls-guide-cost" }, " ", spell(mistake.cost)) : null,
          )
        : null,
    ),
  );
}

/** @param {WalkRecord["program"]} program */
function programOf(program) {
  if (!program) return h("div", { class: "ls-guide-program" });
  const { title, code, copy: name } = program;
  return h(
    "div",
    { class: "ls-guide-program ls-card" },
    h("b", {}, title),
    h("button", { type: "button", class: "ls-button", "data-program": "" }, name),
    h("span", { role: "status" }),
    h("pre", { class: "ls-program", tabindex: "0", role: "group", "aria-label": title }, code),
  );
}

/**
 * Draw the bar, and let its buttons do what they say, until the signal.
 * @param {Model} model
 * @param {PageRecord} page
 * @param {{ cards: Element, picture: Element, panel: Element }} parts what a step can be about
 * @param {AbortSignal} signal
 */
export function routesBar(model, page, parts, signal) {
  const place = h("div", { class: "ls-routes" }, h("div", {}), h("div", {}));
  let open = kept() === null ? innerWidth > NARROW : kept() !== "true";
  let at = "";
  const draw = () => {
    const walk = read(model, "walk");
    const { route, stop, look, program } = walk;
    const [first, second] = place.children;
    morph(first, h("div", {}, route ? bar(walk, page.routes) : offer(page.routes, open)));
    morph(second, h("div", {}, programOf(program)));
    const now = route && `${route} ${stop}`;
    const drawn = first.firstElementChild;
    // A walk ends in its program: that is what its last step is about.
    const about = second.querySelector(".ls-program")?.parentElement ?? parts[look];
    if (now && now !== at && drawn) show(about, drawn);
    at = now;
  };
  /** @type {(event: Event) => Promise<void>} */
  const clicked = async (event) => {
    const button = around(event, "button");
    if (!button) return;
    const { route, stop } = button.dataset;
    const { program } = read(model, "walk");
    if (route) {
      model.send({ action: "walk", route, stop: Number(stop) });
    } else if ("leave" in button.dataset) {
      tell(model, "choices", { ...read(model, "choices"), route: "", stop: 1 });
    } else if ("offer" in button.dataset) {
      open = !open;
      kept(String(!open));
      draw();
    } else if ("program" in button.dataset && program && button.nextElementSibling) {
      await copy(program.code, button.nextElementSibling, page);
    }
  };
  place.addEventListener("click", clicked, { signal });
  observe(model, "walk", draw, signal);
  draw();
  return place;
}

/**
 * Bring the part that a step is about into view, below the bar; who wants no motion scrolls by hand.
 * @param {Element} part
 * @param {Element} bar
 */
function show(part, bar) {
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) return;
  const { top, bottom } = part.getBoundingClientRect();
  const above = bar.getBoundingClientRect().height + 16;
  if (top >= above && bottom <= innerHeight) return;
  if (part instanceof HTMLElement) part.style.scrollMarginTop = `${above}px`;
  part.scrollIntoView({ behavior: "smooth", block: "start" });
}
