import assert from "node:assert/strict";
import { test } from "node:test";
import { isLocal } from "../../lstm_shapes/explorer/web/address.js";

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
