// Keys belong to the explorer while anything in it has the focus: a notebook would delete its cell with `x`.

// Where Jupyter sees this on the way up from what has the focus, it leaves the key alone.
const SUPPRESS = "data-lm-suppress-shortcuts";

// With Ctrl or Cmd: save, save as, the side bar, the palette of commands.
const OF_HOST = new Set(["s", "Shift+s", "b", "Shift+c"]);

/**
 * Keep the host's shortcuts away from an explorer, until the signal.
 * @param {Element} el what the stage is drawn in
 * @param {AbortSignal} signal
 */
export function keepKeys(el, signal) {
  /** @type {(event: KeyboardEvent) => void} */
  const keep = ({ target, key, ctrlKey, metaKey, shiftKey }) => {
    if (!(target instanceof Element) || !el.closest(".ls-app")?.contains(target)) return;
    const pressed = `${shiftKey ? "Shift+" : ""}${key.toLowerCase()}`;
    // On the very element: what stands for it in Jupyter's own rules is looked for there first.
    target.toggleAttribute(SUPPRESS, !((ctrlKey || metaKey) && OF_HOST.has(pressed)));
    // Away again when all have heard of the key: it is no part of a picture that is saved.
    setTimeout(() => target.removeAttribute(SUPPRESS));
  };
  // Before all that the document listens to: Notebook 7 hears of a key there on its way down, JupyterLab on its way up.
  window.addEventListener("keydown", keep, { capture: true, signal });
}
