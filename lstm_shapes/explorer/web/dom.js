// Elements, and how a new picture is carried over into the old one.

const SVG = "http://www.w3.org/2000/svg";

/**
 * What an element may be given: null and "" are left out, lists are taken apart.
 * @typedef {Node | string | number | null | readonly Child[]} Child
 */

/** @typedef {Record<string, string | number | boolean | null | undefined>} Attributes */

/**
 * @param {Element} element
 * @param {readonly Child[]} children
 */
function append(element, children) {
  for (const child of children) {
    if (child === null || child === "") continue;
    if (typeof child !== "object") element.append(String(child));
    else if (child instanceof Node) element.append(child);
    else append(element, child);
  }
}

/**
 * Fill a new element; attributes that are null or false are left out.
 * @template {Element} E
 * @param {E} element
 * @param {Attributes} attributes
 * @param {Child[]} children
 * @returns {E}
 */
function fill(element, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, String(value));
  }
  append(element, children);
  return element;
}

/**
 * A new HTML element.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 */
export function h(tag, attributes, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

/**
 * A new SVG element.
 * @template {keyof SVGElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} attributes
 * @param {...Child} children
 */
export function s(tag, attributes, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/**
 * Set an attribute, if it is not so already.
 * @param {Element} node
 * @param {string} name
 * @param {string | number} value
 */
export function set(node, name, value) {
  if (node.getAttribute(name) !== String(value)) node.setAttribute(name, String(value));
}

/**
 * Make `old` equal to `fresh`, touching only what differs: nodes that stay keep their identity, and with it the focus.
 * @param {ChildNode} old
 * @param {ChildNode} fresh
 */
export function morph(old, fresh) {
  if (old.isEqualNode(fresh)) return;
  if (!(old instanceof Element && fresh instanceof Element && old.nodeName === fresh.nodeName)) {
    old.replaceWith(fresh);
    return;
  }
  for (const { name } of [...old.attributes]) {
    // What a reader has opened stays open.
    if (!fresh.hasAttribute(name) && name !== "open") old.removeAttribute(name);
  }
  for (const { name, value } of fresh.attributes) set(old, name, value);
  const before = [...old.childNodes];
  const after = [...fresh.childNodes];
  for (const [i, child] of after.entries()) {
    if (i < before.length) morph(before[i], child);
    else old.append(child);
  }
  for (const child of before.slice(after.length)) child.remove();
}

/** @type {WeakMap<Element, string>} */
const drawn = new WeakMap();

/**
 * Draw a part anew, if its record is another one than it was drawn from.
 * @template R
 * @param {Element} part
 * @param {R} record
 * @param {(record: R) => Element} make
 */
export function renew(part, record, make) {
  const text = JSON.stringify(record);
  if (drawn.get(part) === text) return;
  drawn.set(part, text);
  morph(part, make(record));
}

/**
 * The nearest element around what an event happened to.
 * @param {Event} event
 * @param {string} selector
 * @returns {HTMLElement | null}
 */
export function around({ target }, selector) {
  return target instanceof Element ? target.closest(selector) : null;
}
