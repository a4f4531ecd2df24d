// The theme of a served page: the system's, unless its reader or its host chose one. In a notebook it is the notebook's.

import { h } from "./dom.js";

/** @import { PageRecord } from "./records.js" */

const KEPT = "lstm-shapes-theme";

/** What was chosen before; a browser may keep nothing. */
function chosen() {
  try {
    return localStorage.getItem(KEPT) ?? "";
  } catch {
    return "";
  }
}

/** @param {string} theme */
function keep(theme) {
  try {
    localStorage.setItem(KEPT, theme);
  } catch {
    // Then it is chosen for this visit alone.
  }
}

/**
 * The switch of the theme, which sets it on all explorers of the page, until the signal.
 * @param {Pick<PageRecord["tools"], "theme" | "themes">} words
 * @param {AbortSignal} signal
 */
export function themeSwitch({ theme, themes }, signal) {
  const options = Object.entries(themes).map(([value, name]) => h("option", { value }, name));
  const root = h("select", { class: "ls-theme", "aria-label": theme }, options);
  const before = chosen();
  root.value = before in themes ? before : "system";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    const system = dark.matches || document.body.dataset.jpThemeLight === "false" ? "dark" : "light";
    document.documentElement.dataset.lsTheme = root.value === "system" ? system : root.value;
  };
  const choose = () => {
    keep(root.value);
    apply();
  };
  root.addEventListener("change", choose, { signal });
  dark.addEventListener("change", apply, { signal });
  apply();
  return root;
}
