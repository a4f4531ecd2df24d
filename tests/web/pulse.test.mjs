// What became of the kernel, judged by its answers, looked at as often as a test wants.

import assert from "node:assert/strict";
import { test } from "node:test";
import { Pulse } from "../../lstm_shapes/explorer/web/pulse.js";

globalThis.document = { hidden: false };

/** A page with a kernel that answers nothing by itself; `host` is what the host tells of the kernel. */
function page(host, working = false) {
  const told = [];
  const sent = [];
  const model = { send: ({ action }) => sent.push(action), widget_manager: { kernel: host } };
  const pulse = new Pulse(
    model,
    (absence) => told.push(absence),
    () => working,
  );
  pulse.callBack = () => {}; // asks the server, which a test of its own has
  pulse.ask();
  const looks = (count) => {
    for (let i = 0; i < count; i++) pulse.look();
  };
  return { pulse, told, sent, looks };
}

/** What Jupyter tells of a kernel that is there; `others` whether it answers those who ask anything else. */
const jupyter = (changes = {}, others = false) => ({
  status: "idle",
  connectionStatus: "connected",
  isDisposed: false,
  requestKernelInfo: () => (others ? Promise.resolve() : new Promise(() => {})),
  ...changes,
});

for (const [host, kernel] of Object.entries({ jupyter: jupyter(), "a host that tells nothing": undefined })) {
  test(`${host}: a kernel that answers is asked again, and nothing is said`, () => {
    const { pulse, told, sent, looks } = page(kernel);
    for (let i = 0; i < 5; i++) {
      pulse.hear();
      looks(1);
    }
    assert.deepEqual(told, []);
    assert.equal(sent.length, 6);
  });

  test(`${host}: one that does not answer for three looks is lost, and is back with its next answer`, () => {
    const { pulse, told, looks } = page(kernel);
    pulse.hear();
    looks(3);
    assert.deepEqual(told, []);
    looks(1);
    assert.deepEqual(told, ["lost"]);
    pulse.hear();
    assert.deepEqual(told, ["lost", null]);
  });

  test(`${host}: one that computes may take its time`, () => {
    const { pulse, told, looks } = page(kernel, true);
    pulse.hear();
    looks(50);
    assert.deepEqual(told, []);
  });
}

test("one that is busy with a cell of the user's may take its time", () => {
  const { pulse, told, looks } = page(jupyter({ status: "busy" }));
  pulse.hear();
  looks(50);
  assert.deepEqual(told, []);
});

test("a hidden page asks nothing, and takes nothing for lost", () => {
  const { pulse, told, sent, looks } = page(jupyter());
  pulse.hear();
  document.hidden = true;
  looks(50);
  document.hidden = false;
  assert.deepEqual([told, sent.length], [[], 1]);
});

test("a picture without a kernel, where the host tells nothing, is of an earlier run", () => {
  const { told, looks } = page(undefined);
  looks(3);
  assert.deepEqual(told, ["earlier"]);
});

for (const [answered, expected] of [
  [true, "ended"],
  [false, "earlier"],
]) {
  test(`a kernel that answers others has not made the page: ${expected}`, async () => {
    const { pulse, told, looks } = page(jupyter({}, true));
    if (answered) pulse.hear();
    looks(4);
    await Promise.resolve();
    assert.ok(!told.includes(expected));
    looks(1);
    assert.equal(told.at(-1), expected);
    looks(20);
    assert.equal(told.at(-1), expected);
  });
}

for (const change of [{ status: "dead" }, { status: "autorestarting" }, { status: "restarting" }, { isDisposed: true }]) {
  test(`what Jupyter says is believed at once: ${JSON.stringify(change)}`, () => {
    const { pulse, told, looks } = page(jupyter(change));
    pulse.hear();
    looks(2);
    assert.deepEqual(told, ["ended"]);
  });
}

test("an answer that comes a little later than the one to anybody counts", async () => {
  const { pulse, told, looks } = page(jupyter({}, true), true);
  looks(4);
  await Promise.resolve();
  pulse.hear();
  looks(2);
  assert.deepEqual(told, []);
});

test("a connection that Jupyter calls lost is lost", () => {
  const { pulse, told, looks } = page(jupyter({ connectionStatus: "connecting" }));
  pulse.hear();
  looks(2);
  assert.deepEqual(told, ["lost"]);
});
