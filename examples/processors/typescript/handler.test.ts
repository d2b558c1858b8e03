import assert from "node:assert/strict";
import { test } from "node:test";
import { event } from "coatcheck-processor/testing";
import { summarise } from "./handler";

test("an event is summarised", async () => {
  assert.equal(await summarise(event("polyglot.x", '{"a":1}')), "polyglot.x 7 bytes");
});

test("its customer is named", async () => {
  assert.equal(await summarise(event("polyglot.x", "{}", { customer: "50%25" })), "polyglot.x 2 bytes of 50%");
});
