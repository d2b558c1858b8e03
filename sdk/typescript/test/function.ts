/** What is around the contract: settings, and events for tests. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { processor, Reject, task } from "../src/index.js";
import { event } from "../src/testing.js";

const SET = { STACK: "coatcheck", PROCESSOR: "notes", PROCESSED_TABLE: "processed", PROCESSED_TTL_DAYS: "90" };
const context = { getRemainingTimeInMillis: () => 10_000 };

function environment(set: Record<string, string>) {
  process.env = { AWS_REGION: "eu-central-1", ...set };
}

test("what Terraform sets is enough", async () => {
  environment(SET);
  assert.deepEqual(await processor(async () => undefined)([], context), { batchItemFailures: [] });
  environment({ STACK: "s", PROCESSOR: "p", IDEMPOTENCY: "off" });
  assert.deepEqual(await task(async () => undefined)([], context), []);
});

test("every problem of the settings is named", async () => {
  const wrong = { KEEP_ORDER: "yes", EVENTS_AT_ONCE: "0", EVENT_TIMEOUT_S: "1e3", LOG_LEVEL: "loud" };
  environment(wrong);
  await assert.rejects(processor(async () => undefined)([], context), (error: Error) => {
    for (const name of Object.keys({ ...SET, ...wrong })) assert.ok(error.message.includes(name), error.message);
    return error.name === "SettingsProblem";
  });
});

test("an event for tests gives its payload", async () => {
  const one = event("push", "{}", { subject: "main" });
  assert.deepEqual([one.type, Buffer.from(await one.payload()).toString(), one.subject], ["push", "{}", "main"]);
  assert.throws(() => event("", "{}"), Reject);
});
