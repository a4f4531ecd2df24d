// Right shape, wrong data: every element of two reshapes labelled with where it comes from.

import { h } from "../dom.js";
import { claim } from "../parts/claims.js";

function cell({ sample, text, band, wrong }) {
  return h("span", { class: `ls-element ls-${band}`, "data-wrong": wrong, role: "img", "aria-label": `sample ${sample}, ${text}${wrong ? ", wrong" : ""}` }, h("b", {}, `s${sample}`), text);
}

function side({ code, axes, rows }) {
  const meaning = axes.map(({ name, size }, i) => [i ? ", " : "", h("span", { class: /batch.*×|×.*batch|seq.*×|×.*seq/.test(name) ? "ls-no" : "" }, `${name} ${size}`)]);
  return h(
    "div",
    { class: "ls-side", "data-code": code },
    h("code", { class: "ls-code" }, code),
    h("p", { class: "ls-note" }, "(", ...meaning, ")"),
    h("div", { class: "ls-scroll" }, rows.map(({ name, cells }) => h("div", { class: "ls-elements" }, h("code", {}, name), cells.map(cell)))),
    rows[0]?.more ? h("p", { class: "ls-note" }, `and ${rows[0].more} more in each`) : null,
  );
}

export function scrambled({ without, pairs }) {
  return h(
    "div",
    { class: "ls-scrambled" },
    h("p", { class: "ls-note" }, without || "Each element carries its sample (s), layer (l) or step (t), direction and feature. On the left stands what is often written, on the right what was meant; an element that is not the meant one is outlined."),
    pairs.map(({ id, name, sides, claims }) =>
      h(
        "section",
        { "data-scramble": id, "aria-label": name },
        h("h3", {}, name),
        h("div", { class: "ls-sides" }, sides.map(side)),
        h("ul", { class: "ls-claims" }, claims.map((each) => claim("li", each))),
      ),
    ),
  );
}
