// What is said below the picture.

import { h } from "./dom.js";
import { claim } from "./parts/claims.js";
import { spell } from "./parts/words.js";

/** @import { Child } from "./dom.js" */
/** @import { Figure } from "./picture.js" */

/**
 * What the active slice is, and what the run gave for it.
 * @param {Figure} figure
 * @returns {Child[]}
 */
export function sentence(figure) {
  const { page, users, active } = figure;
  if (users.cells.length) return [h("p", {}, spell(users.words))];
  const chosen = figure.target(active);
  if (!chosen) {
    const gone = active ? `${page.gone.replace("{}", active)} ` : "";
    return [h("p", {}, spell(gone + page.nothing))];
  }
  return [h("p", marked("", figure.behind), spell(chosen.words ?? "")), ...foundOf(figure)];
}

/**
 * What marks words that are of an older picture.
 * @param {string} name
 * @param {boolean} late
 */
function marked(name, late) {
  return { class: late ? `${name} ls-late`.trim() : name || null, "aria-busy": late ? "true" : null };
}

/**
 * Claims and numbers. Those of an older picture stay until the new ones come, and fade if that takes long.
 * @param {Figure} figure
 * @returns {Child[]}
 */
function foundOf({ page, known, active, found, late }) {
  const claims = found.found[active]?.claims ?? [];
  // The numbers of an arrow are those of what it comes from.
  const shown = found.found[active] ? [active] : (known.slices[active]?.reads ?? []);
  const numbers = shown.map((id) => found.found[id]?.numbers ?? "").join("   ");
  return [
    claims.length
      ? h(
          "div",
          { ...marked("ls-found", late), "aria-live": "polite" },
          h("span", {}, page.found),
          claims.map((each) => claim("div", each)),
        )
      : null,
    h("p", { ...marked("ls-numbers", late), "aria-live": "polite" }, numbers || found.without),
  ];
}
