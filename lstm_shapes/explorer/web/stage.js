// The stage: notices, cards, the linked picture, the panels. Draws the records `view`,
// `picture` and `panel`; stage.py and panels/ say what is in them.

import { h, morph, s } from "./dom.js";
import { card } from "./cards.js";
import { Figure } from "./figure.js";
import { Panels } from "./panels.js";
import { copy, pixels, save, shareButtons, standalone } from "./share.js";

const ARROWS = { forward: "forward →", backward: "← backward" };
const LINKS = { selected: "selected", wrote: "wrote it", same: "same numbers", read: "was read" };

function notice({ tone, heading, text, cure, code, action }) {
  return h(
    "div",
    { class: `ls-notice ls-${tone}`, role: tone === "remark" ? "status" : "alert" },
    h("div", { class: "ls-notice-heading" }, heading),
    h("div", {}, text, cure ? [" Cure: ", cure, "."] : null),
    code ? h("code", {}, code) : null,
    action ? h("button", { type: "button", class: "ls-button", "data-action": action }, "Apply the cure") : null,
  );
}

/** The parts that stay; what they hold is drawn into them. */
function skeleton(served) {
  const parts = {
    notices: h("div", { class: "ls-notices" }),
    cards: h("div", { class: "ls-cards" }),
    head: h("header", {}),
    svg: s("svg", { class: "ls-figure", role: "group", "aria-label": "The network unrolled over layers, directions and time" }),
    says: h("div", { class: "ls-says", "aria-live": "polite" }),
    sample: h("input", { type: "number", min: "0", "aria-label": "sample" }),
    share: shareButtons(served),
  };
  parts.samples = h("label", { class: "ls-sample" }, "numbers of sample ", parts.sample);
  parts.picture = h(
    "section",
    { class: "ls-card ls-picture", "aria-label": "Which cell wrote which slice" },
    parts.head,
    h("div", { class: "ls-scroll" }, parts.svg),
    parts.says,
    h("footer", {}, parts.samples, parts.share),
  );
  parts.root = h("div", { class: "ls-stage-root" }, parts.notices, parts.cards, parts.picture);
  return parts;
}

function heading(directions) {
  return h(
    "header",
    {},
    h("h2", {}, "Which cell wrote which slice"),
    h("span", { class: "ls-hint" }, "hover or focus any slice"),
    directions.map((band) => h("span", { class: `ls-legend ls-${band}` }, ARROWS[band])),
    Object.entries(LINKS).map(([link, words]) => h("span", { class: `ls-legend ls-link-${link}` }, words)),
  );
}

/** Draw a part anew if its record is another one. */
function renew(part, record, make) {
  const text = JSON.stringify(record);
  if (part.record === text) return;
  part.record = text;
  morph(part, make(record));
}

function drawStage(parts, figure, view, picture) {
  parts.root.dataset.status = view.status;
  renew(parts.notices, view.notices, (notices) => h("div", { class: "ls-notices" }, notices.map(notice)));
  renew(parts.cards, view.cards, (cards) => h("div", { class: "ls-cards" }, cards.map(card)));
  renew(parts.head, picture.directions, heading);
  parts.picture.dataset.state = view.figure.state;
  parts.samples.hidden = view.figure.samples === null;
  parts.sample.max = Number(view.figure.samples) - 1;
  parts.sample.value = view.figure.sample;
  figure.draw(picture, view.figure);
}

/** Say of the widgets beside the stage what they do not say themselves: which argument a
 *  slider's handle sets, which choice is taken, which value is refused. */
function annotate(app, blame) {
  for (const row of app.querySelectorAll(".ls-row")) {
    const name = [...row.querySelectorAll("label")].map((label) => label.textContent).join("").trim();
    const refused = String(row.classList.contains(`ls-${blame}`));
    for (const input of row.querySelectorAll("input, select, [role=slider]")) {
      input.setAttribute("aria-invalid", refused);
    }
    row.querySelector("[role=slider]")?.setAttribute("aria-label", name);
  }
  for (const choices of app.querySelectorAll(".widget-toggle-buttons")) {
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", choices.querySelector("label")?.textContent || "presets");
    for (const choice of choices.querySelectorAll("button")) {
      choice.setAttribute("aria-pressed", String(choice.classList.contains("mod-active")));
    }
  }
}

/** Keep the labels of the widgets beside the stage right; they come in their own time. */
function watchRail(el, blame) {
  let rail = null;
  const watcher = new MutationObserver(() => label());
  const label = () => {
    const app = el.closest(".ls-app");
    if (!app) return;
    if (!rail && (rail = app.querySelector(".ls-rail"))) {
      watcher.observe(rail, { childList: true, subtree: true, attributeFilter: ["class"] });
    }
    annotate(app, blame());
  };
  const attached = requestAnimationFrame(label);
  const stop = () => {
    cancelAnimationFrame(attached);
    watcher.disconnect();
  };
  return { label, stop };
}

/** Pointing, focusing, pinning, and the keys that do the same. */
function listen(root, figure, pin) {
  const idAt = (event) => event.target.closest?.("[data-id][tabindex]")?.dataset.id ?? null;
  const point = (name, value) => {
    if (figure[name] === value) return;
    figure[name] = value;
    figure.light();
  };
  const keys = (event) => {
    if (event.target.matches("input")) return; // its keys are its own
    const id = idAt(event);
    if (event.key === "Escape") {
      figure.focused = figure.pointed = null;
      pin("");
    } else if (id && (event.key === "Enter" || event.key === " ")) {
      pin(figure.pinned === id ? "" : id);
    } else if (id && event.key.startsWith("Arrow")) {
      walk(figure, event.target, id, event.key);
    } else {
      return;
    }
    event.preventDefault();
  };
  root.addEventListener("pointerover", (event) => point("pointed", idAt(event)));
  root.addEventListener("pointerleave", () => point("pointed", null));
  root.addEventListener("focusin", (event) => point("focused", idAt(event)));
  root.addEventListener("focusout", () => point("focused", null));
  root.addEventListener("click", (event) => {
    const id = idAt(event);
    if (id) pin(figure.pinned === id ? "" : id);
  });
  root.addEventListener("keydown", keys);
}

/** An arrow key: to the next slice in the picture, or the next axis of a card. */
function walk(figure, from, id, key) {
  let next;
  if (figure.drawn.has(id)) {
    const other = figure.beside(id, key);
    if (!other) return;
    next = figure.node(other);
    figure.rove(other);
  } else {
    const axes = [...from.closest(".ls-card").querySelectorAll("[data-id]")];
    const step = key === "ArrowRight" || key === "ArrowDown" ? 1 : -1;
    next = axes[axes.indexOf(from) + step];
    if (!next) return;
    axes.forEach((axis) => axis.setAttribute("tabindex", axis === next ? "0" : "-1"));
  }
  next.focus();
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
}

function unpacked(bytes) {
  return JSON.parse(new TextDecoder().decode(bytes));
}

export default {
  render({ model, el }) {
    const served = document.body.hasAttribute("data-voila");
    const parts = skeleton(served);
    const figure = new Figure(parts);
    const tell = (name, value) => {
      model.set(name, value);
      model.save_changes();
    };
    const panels = new Panels(model, tell, figure);
    parts.root.append(panels.root);
    el.append(parts.root);
    let [view, picture, sent] = [{}, {}, null];
    const rail = watchRail(el, () => view.blame);
    const draw = () => {
      view = unpacked(model.get("view"));
      if (sent !== model.get("picture")) {
        sent = model.get("picture");
        picture = unpacked(sent);
      }
      drawStage(parts, figure, view, picture);
      panels.expect(view.showing);
      rail.label();
    };
    const pin = (id) => {
      figure.pin(id);
      tell("selection", id);
    };
    const act = (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!action) return;
      // The button goes with its notice: the focus goes where the mended value is.
      el.closest(".ls-app").querySelector(`.ls-${view.blame} input`)?.focus();
      model.send({ action });
    };
    const listeners = {
      "change:view": draw,
      "change:panel": () => panels.draw(unpacked(model.get("panel"))),
      "change:choices": () => panels.redraw(),
      "change:selection": () => figure.pin(model.get("selection")),
      "change:share": () => address.follow(),
    };
    const address = addressBar(model, served);
    takeAway(model, parts, figure);
    parts.sample.addEventListener("change", () => tell("sample", Math.trunc(parts.sample.valueAsNumber) || 0));
    parts.root.addEventListener("click", act);
    listen(parts.root, figure, pin);
    for (const [name, handler] of Object.entries(listeners)) model.on(name, handler);
    figure.pinned = model.get("selection");
    draw();
    listeners["change:panel"]();
    // What was sent while the page set up its side has not been heard here.
    model.send({ action: "ask" });
    address.open();
    return () => {
      rail.stop();
      panels.close();
      address.stop();
      for (const [name, handler] of Object.entries(listeners)) model.off(name, handler);
    };
  },
};

/** In a served page the whole state is in the address, and comes back from it. It is read
 *  here: a kernel that was started beforehand knows no address. */
function addressBar(model, served) {
  let [opened, timer] = [false, 0];
  const link = () => model.get("share").link;
  const open = () => {
    const given = location.hash.slice(1);
    if (served && given) model.send({ action: "open", link: given });
    opened = true;
  };
  const follow = () => {
    clearTimeout(timer);
    // Browsers allow only so many changes of the address at a time.
    if (served && opened) timer = setTimeout(() => history.replaceState(history.state, "", `#${link()}`), 250);
  };
  if (served) window.addEventListener("hashchange", open);
  return {
    open,
    follow,
    stop: () => {
      clearTimeout(timer);
      window.removeEventListener("hashchange", open);
    },
  };
}

/** What the kernel hands out for the slice that is pinned: it may be on its way. */
function shareOf(model) {
  return new Promise((resolve) => {
    const look = () => {
      if (model.get("share").pinned !== model.get("selection")) return;
      model.off("change:share", look);
      clearTimeout(late);
      resolve(model.get("share"));
    };
    // A kernel that is gone answers nothing: then what was handed out last.
    const late = setTimeout(() => resolve(model.get("share")), 2000);
    model.on("change:share", look);
    look();
  });
}

/** The buttons below the picture. */
function takeAway(model, parts, figure) {
  const shared = parts.share.querySelector(".ls-shared");
  const drawing = () => standalone(parts.svg, model.get("svg_style"), figure.caption());
  const ways = {
    "Copy link": async () => copy(`${location.href.split("#", 1)[0]}#${(await shareOf(model)).link}`, shared),
    "Copy call": async () => copy((await shareOf(model)).call, shared),
    "Copy code": async () => copy((await shareOf(model)).script, shared),
    "Save SVG": () => save(new Blob([drawing()], { type: "image/svg+xml" }), "lstm.svg"),
    "Save PNG": async () => save(await pixels(drawing()), "lstm.png"),
  };
  parts.share.addEventListener("click", (event) => ways[event.target.dataset.share]?.());
}
