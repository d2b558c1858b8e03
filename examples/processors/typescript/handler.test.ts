import assert from "node:assert/strict";
import { test } from "node:test";
import { event } from "coatcheck-processor/testing";
import { summarise } from "./handler";

test("an event is summarised", async () => {
  assert.equal(await summarise(event("polyglot.x", '{"a":1}')), "polyglot.x 7 bytes");
});
