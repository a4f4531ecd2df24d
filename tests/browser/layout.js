// What of a page is cut off or covered, as a list of sentences; none where all is well. Measured on what is drawn,
// with every part in view: the window has to be as high as the page.

(() => {
  const app = document.querySelector(".ls-app");
  const faults = [];
  const SLACK = 1.5; // pixels that rounding may take

  const name = (element) => {
    const classes = [...element.classList].join(".");
    const text = element.textContent.trim().replaceAll(/\s+/g, " ").slice(0, 40);
    return `${element.tagName.toLowerCase()}${classes ? `.${classes}` : ""} "${text}"`;
  };
  const seen = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const style = (element) => getComputedStyle(element);

  // Read out, and not seen: made one pixel large.
  const spoken = (element) => element.closest(".ls-heard") !== null;

  // A sketch inside a box that scrolls on purpose may be longer than the box, which says so with its scrollbar.
  const SCROLLS = ".ls-heat, .ls-scroll, textarea, select";
  const scroller = (element) => element.closest(SCROLLS);

  // What stays in view lies over what is scrolled below it, on purpose: it is looked at in its own place.
  const floating = [...app.querySelectorAll("*")].filter((element) => /sticky|fixed/.test(style(element).position));
  for (const element of floating) element.style.position = "static";

  const texts = [];
  for (const element of app.querySelectorAll("*")) {
    if (!seen(element) || spoken(element)) continue;
    const box = element.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    const within = scroller(element);
    const drawn = element instanceof SVGElement && element.tagName !== "svg";

    if (!(within && within !== element)) {
      if (box.left < -SLACK || box.right > document.documentElement.clientWidth + SLACK) {
        faults.push(`${name(element)} leaves the window: ${Math.round(box.left)} to ${Math.round(box.right)}`);
      }
      const card = element.parentElement.closest(".ls-card, .ls-rail, svg.ls-figure, svg.ls-block");
      const around = card?.getBoundingClientRect();
      if (around && (box.left < around.left - SLACK || box.right > around.right + SLACK)) {
        faults.push(`${name(element)} leaves ${name(card).slice(0, 40)}`);
      }
    }
    if (!drawn && element !== within) {
      const { overflowX, textOverflow } = style(element);
      const cut = overflowX !== "visible" && element.scrollWidth > element.clientWidth + SLACK;
      if (cut && !(element instanceof HTMLInputElement && element.type === "text")) {
        faults.push(`${name(element)} is cut: ${element.scrollWidth} in ${element.clientWidth}${textOverflow === "ellipsis" ? " …" : ""}`);
      }
    }
    for (const node of element.childNodes) {
      if (node.nodeType !== Node.TEXT_NODE || !node.data.trim()) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()].filter(({ width, height }) => width > 1 && height > 1);
      const rows = new Set(lines.map(({ top }) => Math.round(top))).size;
      const longest = Math.max(0, ...node.data.split(/\s+/).map((word) => word.length));
      if (rows > 4 && node.data.trim().length / rows < 4 && longest > 3) {
        faults.push(`${name(element)} stands in ${rows} lines of a few letters`);
      }
      const inside = element.closest(`${SCROLLS}, .ls-program`);
      for (const rect of lines) texts.push({ element, rect, inside });
    }
  }

  // Text over text.
  const met = (one, other) => {
    const across = Math.min(one.right, other.right) - Math.max(one.left, other.left);
    const down = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
    return across > 2 && down > 4;
  };
  texts.sort((one, other) => one.rect.top - other.rect.top);
  for (const [i, one] of texts.entries()) {
    for (const other of texts.slice(i + 1)) {
      if (other.rect.top > one.rect.bottom) break;
      if (one.element === other.element || one.inside !== other.inside) continue;
      if (one.element.contains(other.element) || other.element.contains(one.element)) continue;
      if (met(one.rect, other.rect)) faults.push(`${name(one.element)} covers ${name(other.element)}`);
    }
  }

  // Text in its own box, where the box is drawn apart from it.
  for (const label of app.querySelectorAll(".ls-figure .ls-cell-label")) {
    const [text, box] = [label.getBoundingClientRect(), label.previousElementSibling.getBoundingClientRect()];
    if (text.width > box.width + 2 * SLACK) faults.push(`${name(label)} is wider than its box`);
  }

  // Something else over what can be used.
  for (const used of app.querySelectorAll("button, input, summary, [role=tab]")) {
    if (!seen(used)) continue;
    const { left, right, top, bottom, width, height } = used.getBoundingClientRect();
    if (!width || !height || spoken(used) || scroller(used)) continue;
    const above = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (above && above !== used && !used.contains(above) && !above.contains(used) && !used.closest("label")?.contains(above)) {
      faults.push(`${name(used)} is covered by ${name(above)}`);
    }
  }
  for (const element of floating) element.style.position = "";
  return [...new Set(faults)];
})();
