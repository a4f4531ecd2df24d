import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { addressBar, isLocal } from "../../lstm_shapes/explorer/web/address.js";

/** @param {string} address */
const local = (address) => isLocal(new URL(address));

test("a link that leads to this machine only is told from one that does not", () => {
  for (const host of ["localhost:8866", "127.0.0.1", "127.0.1.1:80", "[::1]:8866", "desk.local", "a.localhost"]) {
    assert.ok(local(`http://${host}/voila#seed=1`), host);
  }
  for (const host of ["example.org", "localhost.org", "local", "127.org", "192.168.0.1"]) {
    assert.ok(!local(`http://${host}/`), host);
  }
  assert.ok(local("file:///tmp/page.html"));
});

/** A page at an address with its history, and a kernel that says what the link is. */
class Page {
  constructor() {
    mock.timers.reset();
    mock.timers.enable({ apis: ["setTimeout"] });
    /** @type {string[]} */
    this.entries = ["http://a/"];
    /** @type {Record<string, unknown>} */
    this.traits = { place: 0, selection: "", view: { showing: 0 }, share: this.handedOut("", 0) };
    /** @type {object[]} */
    this.sent = [];
    const { entries } = this;
    const replaceState = (/** @type {unknown} */ _state, /** @type {string} */ _title, /** @type {string} */ address) =>
      entries.splice(-1, 1, address);
    const pushState = (/** @type {unknown} */ _state, /** @type {string} */ _title, /** @type {string} */ address) =>
      entries.push(address);
    const location = {
      get href() {
        return entries.at(-1);
      },
      get hash() {
        return new URL(entries.at(-1) ?? "").hash;
      },
    };
    Object.assign(globalThis, { window: new EventTarget(), location, history: { replaceState, pushState } });
    const model = /** @type {Parameters<typeof addressBar>[0]} */ (
      /** @type {unknown} */ ({
        get: (/** @type {string} */ name) => this.traits[name],
        send: (/** @type {object} */ message) => this.sent.push(message),
        on: (/** @type {string} */ _event, /** @type {() => void} */ callback) => {
          this.changed = callback;
        },
      })
    );
    addressBar(model, new AbortController().signal);
  }

  /** @type {(link: string, turns: number, pinned?: string) => object} */
  handedOut(link, turns, pinned = "") {
    return { link, turns, pinned, showing: 0 };
  }

  /** @type {(link: string, turns: number, pinned?: string) => void} */
  tell(link, turns, pinned) {
    this.traits.share = this.handedOut(link, turns, pinned);
    this.changed?.();
  }
}

test("a turn is in the address at once, and what goes on changing is one entry", () => {
  const page = new Page();
  page.tell("a=1", 1);
  assert.deepEqual(page.entries, ["http://a/", "http://a/#a=1"]);
  page.tell("a=2", 1);
  page.tell("a=3", 1);
  assert.deepEqual(page.entries, ["http://a/", "http://a/#a=1"]);
  mock.timers.tick(10_000);
  assert.deepEqual(page.entries, ["http://a/", "http://a/#a=3"]);
  page.tell("a=4", 1);
  page.tell("a=4&b=1", 2);
  assert.deepEqual(page.entries.slice(2), ["http://a/#a=4&b=1"]);
});

test("what is of an older state is not written, and the newer one makes the entry", () => {
  const page = new Page();
  page.tell("a=1", 1, "a slice that is released already");
  assert.deepEqual(page.entries, ["http://a/"]);
  page.tell("a=2", 1);
  mock.timers.tick(10_000);
  assert.deepEqual(page.entries, ["http://a/", "http://a/#a=2"]);
});

test("what was gone back to makes no entry", () => {
  const page = new Page();
  page.tell("a=1", 1);
  page.entries.pop();
  page.entries.push("http://a/#a=7");
  window.dispatchEvent(new Event("hashchange"));
  assert.deepEqual(page.sent, [{ action: "visit", link: "a=7", parts: 1 }]);
  page.tell("a=7&c=1", 2); // as the kernel writes it
  assert.deepEqual(page.entries, ["http://a/", "http://a/#a=7&c=1"]);
  page.tell("a=8", 3);
  assert.deepEqual(page.entries, ["http://a/", "http://a/#a=7&c=1", "http://a/#a=8"]);
});
