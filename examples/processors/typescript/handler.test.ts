import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { afterEach, mock, test } from "node:test";
import { ConditionalCheckFailedException, DynamoDBClient, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import type { Event } from "./event";

Object.assign(process.env, {
  AWS_REGION: "eu-central-1",
  STACK: "coatcheck",
  PROCESSED_TABLE: "processed",
  PROCESSOR: "notes",
  PROCESSED_TTL_DAYS: "90",
});

const PAYLOAD = '{"secret":"payload"}';
const sha256 = createHash("sha256").update(PAYLOAD).digest("hex");

function event(name = "1", changes: Partial<Event> = {}): Event {
  return {
    ref: `partner/${name}`,
    type: "polyglot.x",
    dataref: `s3://bucket/payloads/${name}`,
    datasha256: sha256,
    datasize: String(PAYLOAD.length),
    receivedat: "2026-11-21T20:59:57.414Z",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    replayid: "",
    replayforce: "false",
    deliveryid: `delivery-of-${name}`,
    ...changes,
  };
}

/** A payload, or the error in its place. */
type Stored = string | Error;

/** What a write to the table meets; if undefined, the write succeeds. */
type Met = ((owner: string) => Error) | undefined;

function conflict(state: string, owner: string) {
  const Item = { state: { S: state }, owner: { S: owner } };
  return new ConditionalCheckFailedException({ $metadata: {}, message: "no", Item });
}

/** `closed`: the dead-letter queue, looked up by its name. */
async function handle(events: Event[], stored: Stored[], met: Met[] = [], closed?: Error) {
  const given: object[] = [];
  mock.method(SQSClient.prototype, "send", async ({ input }: { input: object }) => {
    if (closed) throw closed;
    given.push(input);
    return { QueueUrl: "https://queue" };
  });
  const writes: UpdateItemCommandInput[] = [];
  mock.method(S3Client.prototype, "send", async () => {
    const next = stored.shift();
    if (next === undefined) throw new Error("read once too often");
    if (next instanceof Error) throw next;
    return { Body: { transformToByteArray: async () => new TextEncoder().encode(next) } };
  });
  mock.method(DynamoDBClient.prototype, "send", async ({ input }: { input: UpdateItemCommandInput }) => {
    writes.push(input);
    const error = met.shift()?.(input.ExpressionAttributeValues?.[":owner"]?.S ?? "");
    if (error) throw error;
  });
  let output = "";
  const stdout = mock.method(process.stdout, "write", (text: string) => {
    output += text;
    return true;
  });
  const { handler } = await import("./handler");
  const answer = await handler(events, { getRemainingTimeInMillis: () => 10_000 });
  stdout.mock.restore();
  assert.doesNotMatch(output, /secret/);
  const lines = output.trim().split("\n").map((line) => JSON.parse(line));
  return { failed: answer.batchItemFailures.map((one) => one.itemIdentifier), lines, given, writes, sets: writes.map(values) };
}

/** The values of a write by name. */
function values(write: UpdateItemCommandInput) {
  const all = Object.entries(write.ExpressionAttributeValues ?? {});
  return Object.fromEntries(all.map(([name, value]) => [name.slice(1), value.S ?? Number(value.N)]));
}

afterEach(() => mock.restoreAll());

test("an event is claimed, done and completed", async () => {
  const { failed, lines, writes, sets } = await handle([event()], [PAYLOAD]);
  assert.deepEqual(failed, []);
  assert.deepEqual(lines.map((line) => [line.message, line.ref]), [["processed", "partner/1"]]);
  const [claim, done] = sets;
  assert.equal(claim?.state, "in_progress");
  assert.equal(Number(claim?.lease_until) - Number(claim?.now), 11_000);
  assert.equal(Number(claim?.expires_at) - Math.floor(Number(claim?.now) / 1_000), 90 * 86_400);
  assert.equal(done?.state, "completed");
  assert.deepEqual([done?.sha256, done?.size, done?.summary], [sha256, 20, "polyglot.x 20 bytes"]);
  assert.deepEqual(writes[0]?.Key, { ref: { S: "partner/1" }, processor: { S: "notes" } });
  assert.match(writes[0]?.UpdateExpression ?? "", /^SET #state = :state, .* ADD #attempts :one$/);
  assert.equal(
    writes[0]?.ConditionExpression,
    "attribute_not_exists(#ref) OR #state = :failed OR (#state = :state AND #lease_until < :now)",
  );
  assert.equal(writes[1]?.ConditionExpression, "#owner = :owner");
  assert.equal(done?.owner, claim?.owner);
});

test("what is not the payload is rejected, each with its reason, and alone", async () => {
  const events = [
    event("gone"),
    event("longer", { datasize: "21" }),
    event("other", { datasha256: "0".repeat(64) }),
    event("good"),
  ];
  const gone = new NoSuchKey({ $metadata: {}, message: "no" });
  const { failed, lines, sets } = await handle(events, [gone, PAYLOAD, PAYLOAD, PAYLOAD]);
  assert.deepEqual(failed, ["delivery-of-gone", "delivery-of-longer", "delivery-of-other"]);
  const expected = [
    ["Reject", "payload_missing: the payload is not in the bucket"],
    ["Reject", "payload_size: the payload has 20 bytes, its pointer says 21"],
    ["Reject", "payload_digest: the payload does not have its pointer's SHA-256"],
  ];
  // Their subscription is unknown, so they could not be given up.
  const judged = lines.filter((line) => !line.message.startsWith("could not"));
  assert.deepEqual(judged.slice(0, 3).map((line) => line.reason), expected.map(([, reason]) => reason));
  assert.deepEqual(judged.map((line) => line.level), ["ERROR", "ERROR", "ERROR", "INFO"]);
  const marks = sets.filter((write) => write.state === "failed");
  assert.deepEqual(marks.map((mark) => [mark.failure, mark.reason]), expected);
  assert.equal(judged[3].message, "processed");
});

test("what is rejected is in the dead-letter queue before it is done with", async () => {
  const rejected = event("gone", { subscription: "notes" });
  const gone = () => new NoSuchKey({ $metadata: {}, message: "no" });
  const { failed, lines, given } = await handle([rejected], [gone()]);
  assert.deepEqual([failed, lines.map((line) => line.message)], [[], ["rejected"]]);
  assert.deepEqual(given, [
    { QueueName: "coatcheck-notes-dlq" },
    { QueueUrl: "https://queue", MessageBody: JSON.stringify(rejected) },
  ]);

  const closed = await handle([rejected], [gone()], [], new RangeError("secret"));
  assert.deepEqual(closed.failed, ["delivery-of-gone"]);
  assert.deepEqual([closed.lines[1].level, closed.lines[1].reason], ["WARN", "RangeError"]);

  const retried = await handle([rejected], [new RangeError("secret")]);
  assert.deepEqual([retried.failed, retried.given], [["delivery-of-gone"], []]);
});

test("a completed event is skipped", async () => {
  const { failed, lines, writes } = await handle([event()], [], [() => conflict("completed", "another")]);
  assert.deepEqual([failed, lines[0].message, writes.length], [[], "done before: skipped", 1]);
});

test("a replay claims as any delivery, and a forced one what is done, too", async () => {
  const ordinary = await handle([event("1", { replayid: "r1" })], [PAYLOAD]);
  assert.equal(ordinary.sets[0]?.replayid, undefined);
  assert.doesNotMatch(ordinary.writes[0]?.ConditionExpression ?? "", /replayid/);

  const forced = await handle([event("1", { replayid: "r1", replayforce: "true" })], [PAYLOAD]);
  const [claim, done] = forced.sets;
  assert.deepEqual([claim?.replayid, claim?.completed, done?.replayid], ["r1", "completed", undefined]);
  assert.match(forced.writes[0]?.UpdateExpression ?? "", /#replayid = :replayid/);
  assert.equal(
    forced.writes[0]?.ConditionExpression,
    `${ordinary.writes[0]?.ConditionExpression} OR ` +
      "(#state = :completed AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))",
  );
});

test("an event in another's work comes again", async () => {
  const { failed, lines, writes } = await handle([event()], [], [() => conflict("in_progress", "another")]);
  assert.deepEqual([failed, lines[0].message, writes.length], [["delivery-of-1"], "to be retried", 1]);
});

test("a claim whose first answer got lost is ours", async () => {
  const { failed, lines } = await handle([event()], [PAYLOAD], [(owner) => conflict("in_progress", owner)]);
  assert.deepEqual([failed, lines[0].message], [[], "processed"]);
});

test("without its mark an event is not done", async () => {
  const lost: Met[] = [undefined, () => conflict("in_progress", "another")];
  const { failed, lines } = await handle([event()], [PAYLOAD], lost);
  assert.deepEqual([failed, lines[0].reason], [["delivery-of-1"], "ConditionalCheckFailedException"]);
});

test("the text of a foreign error is not told", async () => {
  const { failed, lines, sets } = await handle([event()], [new RangeError("secret")]);
  assert.deepEqual([failed, lines[0].message, lines[0].reason], [["delivery-of-1"], "to be retried", "RangeError"]);
  assert.equal(sets[1]?.reason, "RangeError");
});
