// What can be scrolled, for those who have only keys.

const SCROLLED = ".ls-scroll, .ls-heat";
const FOCUSABLE = "a[href], button, input, [tabindex]";

/**
 * Let Tab stop at each part that is wider than its place and holds nothing else that Tab would stop at.
 * @param {Element} root
 */
export function reachable(root) {
  for (const part of root.querySelectorAll(SCROLLED)) {
    const wider = part.scrollWidth > part.clientWidth;
    if (wider && !part.querySelector(FOCUSABLE)) part.setAttribute("tabindex", "0");
    else part.removeAttribute("tabindex");
  }
}
