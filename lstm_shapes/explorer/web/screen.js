// The explorer alone on the screen, in larger type: for a projector.

import { h } from "./dom.js";

/** @import { ToolsRecord } from "./records.js" */

/**
 * The button; null where the browser cannot.
 * @param {Pick<ToolsRecord, "full" | "leave">} words
 * @param {Element} el what the stage is drawn in
 * @param {AbortSignal} signal
 */
export function fullScreen({ full, leave }, el, signal) {
  if (!document.fullscreenEnabled) return null;
  const button = h("button", { type: "button", class: "ls-tool" }, full.sign);
  const own = () => document.fullscreenElement !== null && document.fullscreenElement === el.closest(".ls-app");
  const say = () => {
    const { name, words } = own() ? leave : full;
    button.setAttribute("aria-label", name);
    button.title = `${name}. ${words}`;
  };
  const toggle = async () => {
    try {
      await (own() ? document.exitFullscreen() : el.closest(".ls-app")?.requestFullscreen());
    } catch {
      button.hidden = true; // this place does not let it
    }
  };
  button.addEventListener("click", toggle, { signal });
  document.addEventListener("fullscreenchange", say, { signal });
  say();
  return button;
}
