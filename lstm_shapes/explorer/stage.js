// Draws the stage from one record, `view`; stage.py and panels/ say what is in it.
// A change makes the new picture off the page, then carries over what differs: nodes
// that stay keep their identity, and with it the focus.

const ARROWS = { forward: "forward →", backward: "← backward" };

/** A new element; attributes that are null or false and empty children are left out. */
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== false) element.setAttribute(name, value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== ""));
  return element;
}

/** Make `old` equal to `fresh`, touching only what differs. */
function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (old.nodeName !== fresh.nodeName || old.nodeType !== Node.ELEMENT_NODE) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) {
    if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  after.forEach((child, i) => (i < before.length ? morph(before[i], child) : old.append(child)));
  before.slice(after.length).forEach((child) => child.remove());
}

/** "(3, 5, 6)", every entry in its axis' colour. */
function tuple(entries, axes, className) {
  const parts = entries.map((entry, i) => [
    i ? ", " : "",
    h("span", { class: `ls-axis-${axes[i].role}` }, entry),
  ]);
  return h("span", { class: className }, "(", ...parts.flat(), entries.length === 1 ? ",)" : ")");
}

function shapeLines(shape) {
  return [
    tuple(shape.sizes, shape.axes, "ls-sizes"),
    tuple(shape.axes.map((axis) => axis.name), shape.axes, "ls-names"),
    tuple(shape.axes.map((axis) => axis.symbol), shape.axes, "ls-symbols"),
  ];
}

/** What the two sources say of each other; out loud if they disagree. */
function verdict({ agrees, state, verdict }) {
  if (!agrees) return h("div", { class: "ls-verdict ls-wrong", role: "alert" }, verdict);
  return h("div", { class: `ls-verdict ls-${state}` }, verdict);
}

function card({ tensor, meaning, shape }) {
  const head = h("div", { class: "ls-name" }, h("b", {}, tensor), h("span", {}, meaning));
  if (!shape) return h("section", { class: "ls-card ls-absent" }, head);
  const axes = shape.axes.map((axis, i) => `${axis.name} ${shape.sizes[i]}`).join(", ");
  return h(
    "section",
    {
      class: `ls-card ls-${shape.state}`,
      "aria-label": `${tensor}: ${axes}`,
      "data-tensor": tensor,
      "data-shape": shape.shape,
      "data-state": shape.state,
    },
    head,
    shapeLines(shape),
    verdict(shape),
  );
}

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

/** Columns of a sequence in time, a band a direction; the marked one is outlined. */
function strip({ steps, bands, mark }) {
  const columns = steps.map((step, i) =>
    step === "…"
      ? h("div", { class: "ls-gap" }, step)
      : h(
          "div",
          { class: "ls-column", "data-marked": mark?.column === i },
          bands.map((band) => h("span", { class: `ls-band ls-${band}` })),
          step ? h("span", { class: "ls-step" }, step) : null,
        ),
  );
  return h("div", { class: "ls-strip", "aria-hidden": "true" }, columns);
}

function part({ code, shape, strip: columns, note, instead }) {
  return h(
    "div",
    { class: "ls-part", "data-shape": shape.shape, "data-state": shape.state },
    h("code", { class: "ls-code" }, code),
    h(
      "div",
      { class: "ls-part-shape" },
      tuple(shape.sizes, shape.axes, "ls-sizes"),
      columns.mark ? h("code", { class: "ls-mark" }, columns.mark.label) : null,
    ),
    shape.agrees ? null : verdict(shape),
    strip(columns),
    h("p", { class: "ls-note" }, note),
    instead ? alternatives(instead) : null,
  );
}

/** "sum, mean, max: (3, 5, 3)"; a name that has another shape stands apart. */
function alternatives(instead) {
  const groups = Map.groupBy(instead, ({ shape }) => shape.shape);
  return [...groups.values()].map((same) =>
    h(
      "p",
      { class: "ls-note" },
      `or ${same.map(({ name }) => name).join(", ")}: `,
      tuple(same[0].shape.sizes, same[0].shape.axes, "ls-inline"),
      same[0].shape.agrees ? null : verdict(same[0].shape),
    ),
  );
}

/** An evaluated statement; one that should hold and does not is no quiet matter. */
function claim({ id, statement, holds, reason, mistake }) {
  const wrong = !holds && !mistake;
  return h(
    "li",
    { class: wrong && "ls-wrong", role: wrong && "alert", "data-claim": id, "data-holds": String(holds) },
    h("span", { class: holds ? "ls-yes" : "ls-no", role: "img", "aria-label": holds ? "holds" : "does not hold" }, holds ? "✓" : "✗"),
    h("div", {}, h("code", {}, statement), h("p", { class: "ls-note" }, reason)),
  );
}

function directions({ state, subtitle, bands, stages, claims_title, claims }) {
  return h(
    "section",
    { class: `ls-card ls-directions ls-${state}`, "aria-label": "Directions: split and realign" },
    h(
      "header",
      {},
      h("h2", {}, "Directions: split & realign"),
      h("code", { class: "ls-subtitle" }, subtitle),
      bands.map((band) => h("span", { class: `ls-legend ls-${band}` }, ARROWS[band])),
    ),
    h(
      "div",
      { class: "ls-stages", "data-stages": stages.length },
      stages.map(({ title, parts }) => h("div", { class: "ls-stage" }, h("h3", {}, title), parts.map(part))),
    ),
    h("h3", {}, claims_title),
    h("ul", { class: "ls-claims" }, claims.map(claim)),
  );
}

function stage(view) {
  return h(
    "div",
    { class: "ls-stage-root", "data-status": view.status },
    h("div", { class: "ls-notices" }, view.notices.map(notice)),
    h("div", { class: "ls-cards" }, view.cards.map(card)),
    directions(view.directions),
  );
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

export default {
  render({ model, el }) {
    el.append(h("div", {}));
    // The widgets beside the stage come and change in their own time.
    const watcher = new MutationObserver(() => label());
    let rail = null;
    const label = () => {
      const app = el.closest(".ls-app");
      if (!app) return;
      if (!rail && (rail = app.querySelector(".ls-rail"))) {
        watcher.observe(rail, { childList: true, subtree: true, attributeFilter: ["class"] });
      }
      annotate(app, model.get("view").blame);
    };
    const draw = () => {
      morph(el.firstChild, stage(model.get("view")));
      label();
    };
    const act = (event) => {
      const action = event.target.closest("[data-action]")?.dataset.action;
      if (!action) return;
      // The button goes with its notice: the focus goes where the mended value is.
      el.closest(".ls-app").querySelector(`.ls-${model.get("view").blame} input`)?.focus();
      model.send({ action });
    };
    el.addEventListener("click", act);
    model.on("change:view", draw);
    draw();
    const attached = requestAnimationFrame(label);
    // What was sent while the page set up its side has not been heard here.
    model.send({ action: "ask" });
    return () => {
      cancelAnimationFrame(attached);
      watcher.disconnect();
      el.removeEventListener("click", act);
      model.off("change:view", draw);
    };
  },
};
