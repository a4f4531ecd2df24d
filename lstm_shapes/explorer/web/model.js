// What the page and the kernel tell each other.

/** @import { Traits } from "./records.js" */

/**
 * What is called back: of a message it gets the content, and the bytes that came with it.
 * @typedef {(content?: unknown, buffers?: DataView[]) => void} Callback
 */

/**
 * What is used of a widget's model. A record comes as packed JSON or as plain data.
 * @typedef {object} Model
 * @property {(name: string) => unknown} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(content: object) => void} send
 * @property {(event: string, callback: Callback) => void} on
 * @property {(event: string, callback: Callback) => void} off
 * @property {{ kernel?: unknown } | undefined} widget_manager
 */

/** @type {WeakMap<DataView, unknown>} */
const unpacked = new WeakMap();

/**
 * A trait as the kernel set it last; the same object as long as that is the same message.
 * @template {keyof Traits} K
 * @param {Model} model
 * @param {K} name
 * @returns {Traits[K]}
 */
export function read(model, name) {
  let value = model.get(name);
  if (value instanceof DataView) {
    if (!unpacked.has(value)) unpacked.set(value, JSON.parse(new TextDecoder().decode(value)));
    value = unpacked.get(value);
  }
  return /** @type {Traits[K]} */ (value);
}

/**
 * Set a trait.
 * @param {Model} model
 * @param {string} name
 * @param {unknown} value
 */
export function tell(model, name, value) {
  model.set(name, value);
  model.save_changes();
}

/**
 * Call back when a trait changes, until the signal.
 * @param {Model} model
 * @param {string} name
 * @param {() => void} callback
 * @param {AbortSignal} signal
 */
export function observe(model, name, callback, signal) {
  model.on(`change:${name}`, callback);
  signal.addEventListener("abort", () => model.off(`change:${name}`, callback), { once: true });
}
