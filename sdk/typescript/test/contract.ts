/** The cases that processors in all languages agree on: sdk/contract. */
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ConditionalCheckFailedException, type UpdateItemCommandInput } from "@aws-sdk/client-dynamodb";
import { NoSuchKey } from "@aws-sdk/client-s3";
import { QueueDoesNotExist } from "@aws-sdk/client-sqs";
import { batchAnswer } from "../src/batch.js";
import { clock, pause } from "../src/clock.js";
import type { Event } from "../src/event.js";
import { Failure, Reject, Retry } from "../src/failures.js";
import { type Clients, run, taskAnswer } from "../src/function.js";
import type { EventReport } from "../src/report.js";
import type { Case, Does, Item, Write } from "./case.js";

const CONTRACT = "../contract";
const NOW = 1_795_294_800_000;
/** The line that every event gets has one of these messages. */
const ENDS = new Set(["processed", "done before: skipped", "to be retried", "rejected"]);
const BASE = readFileSync(`${CONTRACT}/event.json`, "utf8");
const WRITES: Record<string, Write> = JSON.parse(readFileSync(`${CONTRACT}/writes.json`, "utf8"));

clock.now = () => NOW;

/** `$event` is the event of event.json with these attributes, without those that are null; `$text` is JSON as text. */
function expand(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== "object" || value === null) return value;
  const members = value as Record<string, any>;
  if (members["$event"]) {
    const event = { ...JSON.parse(BASE.replaceAll("{id}", members["$event"].id)), ...members["$event"] };
    return Object.fromEntries(Object.entries(event).filter(([, attribute]) => attribute !== null));
  }
  if (members["$text"]) return JSON.stringify(expand(members["$text"]));
  return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, expand(one)]));
}

function refused(name: string): Error {
  return Object.assign(new Error("canary"), { name });
}

/** Takes only the writes of writes.json, and does what they say. */
class Table {
  readonly items = new Map<string, Item>();
  readonly writes: string[] = [];
  readonly #case: Case;

  constructor(given: Case) {
    this.#case = given;
    for (const [ref, item] of Object.entries(given.table ?? {})) this.items.set(ref, { ...item });
  }

  async send({ input }: { input: UpdateItemCommandInput }): Promise<unknown> {
    const found = Object.entries(WRITES).find(([, write]) => isWrite(input, write));
    assert.ok(found, `not a write of the contract: ${JSON.stringify(input)}`);
    const [kind, write] = found;
    this.writes.push(kind);
    const values: Item = {};
    for (const [name, value] of Object.entries(input.ExpressionAttributeValues ?? {})) {
      values[name.slice(1)] = value.N === undefined ? String(value.S) : Number(value.N);
    }
    if (this.#case.exact_writes) assert.deepEqual(values, { ...write.Values, owner: values["owner"] });
    const ref = input.Key?.["ref"]?.S ?? "";
    if (kind.includes("mark")) return this.#markAlone(ref, values);
    return kind.includes("claim") ? this.#claim(ref, values) : this.#mark(ref, kind, values);
  }

  #claim(ref: string, values: Item) {
    const fails = this.#case.table_fails?.["claim"];
    if (fails === "busy") throw refused("ThrottlingException");
    for (const [other, item] of Object.entries(this.#case.table_at_claim?.[this.writes.length] ?? {})) {
      this.items.set(other, item);
    }
    const old = this.items.get(ref) ?? {};
    const replay = values["replayid"];
    const abandoned = old["state"] === "in_progress" && Number(old["lease_until"]) < Number(values["now"]);
    const free = old["state"] === undefined || old["state"] === "failed" || abandoned;
    const again = old["state"] === "completed" && replay !== undefined && replay !== old["replayid"];
    if (!free && !again) throw conflict(old);
    const { one: _one, failed: _failed, now: _now, completed: _completed, ...facts } = values;
    const item = { ...old, ...facts, attempts: Number(old["attempts"] ?? 0) + 1 };
    this.items.set(ref, item);
    if (fails === "answer_lost") throw conflict(item);
    return { Attributes: { attempts: { N: String(item.attempts) } } };
  }

  #markAlone(ref: string, values: Item) {
    if (this.#case.table_fails?.["mark"] === "busy") throw refused("ThrottlingException");
    const old = this.items.get(ref) ?? {};
    const replay = values["replayid"];
    const again = replay !== undefined && replay !== old["replayid"];
    if (old["state"] === "completed" && !again) throw conflict(old);
    const { one: _one, ...facts } = values;
    const item: Item = { ...old, ...facts, attempts: Number(old["attempts"] ?? 0) + 1 };
    for (const name of ["lease_until", "failure", "reason"]) delete item[name];
    this.items.set(ref, item);
    return {};
  }

  #mark(ref: string, kind: string, values: Item) {
    const fails = this.#case.table_fails?.[kind];
    if (fails === "busy") throw refused("ThrottlingException");
    const old = this.items.get(ref) ?? {};
    if (fails === "lease_lost") old["owner"] = "another";
    if (old["owner"] !== values["owner"]) throw conflict({});
    const item = { ...old, ...values };
    for (const name of kind === "complete" ? ["lease_until", "failure", "reason"] : ["lease_until"]) delete item[name];
    this.items.set(ref, item);
    return {};
  }
}

function isWrite(input: UpdateItemCommandInput, write: Write): boolean {
  const expressions = `${input.UpdateExpression} ${input.ConditionExpression}`;
  const names = Object.entries(input.ExpressionAttributeNames ?? {});
  const values = Object.keys(input.ExpressionAttributeValues ?? {}).sort();
  const expected = [...Object.keys(write.Values), "owner"].map((name) => `:${name}`).sort();
  return (
    expressions === `${write.UpdateExpression} ${write.ConditionExpression}` &&
    names.every(([alias, name]) => alias === `#${name}` && expressions.includes(alias)) &&
    values.join() === expected.join() &&
    input.TableName === "processed" &&
    input.Key?.["processor"]?.S === "notes" &&
    input.ReturnValuesOnConditionCheckFailure === "ALL_OLD"
  );
}

function conflict(item: Item): ConditionalCheckFailedException {
  const Item = Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === "number" ? { N: `${value}` } : { S: value }]),
  );
  return new ConditionalCheckFailedException({ $metadata: {}, message: "canary", Item });
}

function bucket(payloads: Case["payloads"] = {}) {
  return {
    async send({ input }: { input: { Bucket: string; Key: string } }) {
      assert.equal(input.Bucket, "bucket");
      const payload = payloads[input.Key] === undefined ? "a payload" : payloads[input.Key];
      if (payload === null) throw new NoSuchKey({ $metadata: {}, message: "canary" });
      if (typeof payload === "object") throw refused(payload.error);
      const bytes = Buffer.from(payload as string);
      return { ContentLength: bytes.length, Body: { transformToByteArray: async () => bytes } };
    },
  };
}

interface QueueInput {
  QueueName?: string;
  QueueUrl: string;
  MessageBody: string;
  MessageGroupId?: string;
  MessageDeduplicationId?: string;
}

function queues({ queues_fail: fails = {}, fifo_queues: fifo = [] }: Case, sent: string[][]) {
  return {
    async send({ input }: { input: QueueInput }) {
      if (input.QueueName !== undefined) {
        const standard = input.QueueName.replace(/\.fifo$/, "");
        const exists = fifo.includes(standard) === input.QueueName.endsWith(".fifo");
        if (!exists) throw new QueueDoesNotExist({ $metadata: {}, message: "canary" });
        return { QueueUrl: `https://queues/${input.QueueName}` };
      }
      const name = input.QueueUrl.replace("https://queues/", "");
      if (fails[name] === "hangs") await new Promise(() => undefined);
      if (fails[name] !== undefined) throw refused(fails[name]);
      const inOrder = [input.MessageGroupId, input.MessageDeduplicationId].filter((text) => text !== undefined);
      sent.push([name, input.MessageBody, ...inOrder]);
      return {};
    },
  };
}

/** Does what a case says, and takes note of what it saw. */
class Handler {
  readonly handled: string[] = [];
  readonly seen: Record<string, Record<string, unknown>> = {};
  most = 0;
  #now = 0;

  constructor(readonly does: Record<string, Does> = {}) {}

  async handle(event: Event): Promise<string> {
    this.handled.push(event.id);
    this.most = Math.max(this.most, ++this.#now);
    try {
      return await this.#handle(event, this.does[event.id] ?? {});
    } finally {
      this.#now -= 1;
    }
  }

  async #handle(event: Event, { does, reason, repeat, times }: Does): Promise<string> {
    const { bucket, key, size } = event.claim;
    this.seen[event.id] = {
      id: event.id, source: event.source, type: event.type, subject: event.subject, ref: event.ref,
      time: event.time.toISOString(), received_at: event.receivedAt.toISOString(), content_type: event.contentType,
      traceparent: event.traceparent, trace_id: event.traceId, delivery_id: event.deliveryId, partition_key: event.partitionKey, attempt: event.attempt,
      replay_id: event.replayId, replay_is_forced: event.replayIsForced, bucket, key, size,
      customer: event.attribute("customer"), amount: event.attribute("amount"), plan: event.attribute("plan"),
      attribute_ref: event.attribute("ref"),
    };
    if (does === "retry") throw new Retry(reason);
    if (does === "reject") throw new Reject(reason);
    if (does === "crash") throw new RangeError(reason);
    if (does === "wait") await new Promise((resolve) => event.signal.addEventListener("abort", resolve));
    if (does === "block") await new Promise(() => undefined);
    if (does === "pause") await pause(50);
    if (does === "summarise") return (repeat ?? "").repeat(times ?? 0);
    if (does === "ignore_payload") {
      await event.payload().catch((error) => assert.ok(error instanceof Failure));
      return "as if";
    }
    return `${(await event.payload()).length} bytes`;
  }
}

/** Standard output, while it lasts. */
async function captured<T>(work: () => Promise<T>): Promise<[T, string]> {
  const write = process.stdout.write;
  let output = "";
  process.stdout.write = ((text: string | Uint8Array) => {
    // The test runner's own reports are bytes.
    if (typeof text !== "string") return write.call(process.stdout, text);
    output += text;
    return true;
  }) as typeof write;
  try {
    return [await work(), output];
  } finally {
    process.stdout.write = write;
  }
}

async function runCase(given: Case): Promise<void> {
  const { idempotency = true, record = "claim", events_at_once = 8, keep_order = false, event_timeout_ms, task = false } = given.settings ?? {};
  const settings = {
    stack: "coatcheck",
    processor: "notes",
    table: idempotency ? "processed" : undefined,
    ttlS: 86_400,
    claims: record === "claim",
    atOnce: events_at_once,
    eventTimeoutMs: event_timeout_ms,
    keepOrder: keep_order,
    logLevel: "debug",
  };
  const table = new Table(given);
  const handler = new Handler(given.handler);
  const sent: string[][] = [];
  const clients = { s3: bucket(given.payloads), dynamodb: table, sqs: queues(given, sent) };
  const runner = run((event) => handler.handle(event), !task, settings, clients as unknown as Clients);
  const input = expand(given.input);
  let reports: EventReport[] = [];
  const [answered, output] = await captured(async () => {
    try {
      reports = await runner(input, { getRemainingTimeInMillis: () => given.left_ms ?? 30_000 });
      return task ? taskAnswer(input, reports) : batchAnswer(reports);
    } catch (error) {
      return error as Error;
    }
  });
  const lines = output.trimEnd().split("\n").map((line) => JSON.parse(line || "{}"));
  if (given.metrics) assert.deepEqual(lines.filter((line) => line._aws), given.metrics);
  for (const line of lines) {
    if (line.ref && ENDS.has(line.message)) assert.ok(Number.isSafeInteger(line.took_ms) && line.took_ms >= 0, JSON.stringify(line));
  }
  assert.ok(!output.includes("canary"), output);
  if (given.error) {
    assert.ok(answered instanceof Error);
    assert.equal(answered.name, given.error.type);
    assert.ok(answered.message.includes(given.error.says), answered.message);
  } else {
    assert.deepEqual(answered, given.answer);
  }
  check(given, input, reports, { table, handler, sent });
}

function check(given: Case, input: unknown, reports: EventReport[], world: { table: Table; handler: Handler; sent: string[][] }) {
  const { table, handler, sent } = world;
  if (given.handled) assert.deepEqual(handler.handled.toSorted(), given.handled.toSorted());
  for (const [first = "", second = ""] of given.before ?? []) {
    assert.ok(handler.handled.indexOf(first) < handler.handled.indexOf(second));
  }
  for (const [id, expected] of Object.entries(given.seen ?? {})) {
    for (const [name, value] of Object.entries(expected)) assert.equal(handler.seen[id]?.[name] ?? null, value, name);
  }
  if (given.writes) assert.deepEqual(table.writes, given.writes);
  for (const [ref, expected] of Object.entries(given.table_after ?? {})) checkItem(table.items.get(ref), expected);
  for (const [ref, size] of Object.entries(given.summary_bytes ?? {})) {
    assert.equal(Buffer.from(String(table.items.get(ref)?.["summary"])).length, size);
  }
  if (given.sent) {
    const bodies = delivered(input).map((one) => (typeof one === "string" ? one : JSON.stringify(one)));
    const expected = given.sent.map(([queue, place, ...inOrder]) => [queue, bodies[place], ...inOrder]);
    assert.deepEqual(sent.toSorted(), expected.toSorted());
  }
  const named = new Map(reports.map((one) => [one.event?.id ?? one.identifier?.replace("delivery-of-", ""), one.outcome]));
  for (const [expected, Kind] of [[given.rejected, Reject], [given.retried, Retry]] as const) {
    for (const [name, reason] of Object.entries(expected ?? {})) {
      const outcome = named.get(name);
      assert.ok(outcome instanceof Kind && outcome.message.includes(reason), `${name}: ${outcome}`);
    }
  }
  if (given.most_at_once) assert.equal(handler.most, given.most_at_once);
}

function checkItem(item: Item | undefined, expected: Record<string, unknown> | null) {
  if (expected === null) return assert.equal(item, undefined);
  for (const [name, value] of Object.entries(expected)) {
    const have = item?.[name] ?? null;
    if (Array.isArray(value)) for (const part of value) assert.ok(String(have).includes(part), `${name}: ${have}`);
    else assert.equal(have, value, name);
  }
}

function delivered(input: any): unknown[] {
  if (Array.isArray(input)) return input;
  return input?.Records?.map((record: any) => record.body) ?? [input];
}

for (const file of readdirSync(`${CONTRACT}/cases`).toSorted()) {
  for (const given of JSON.parse(readFileSync(`${CONTRACT}/cases/${file}`, "utf8")) as Case[]) {
    test(`${file}: ${given.name}`, () => runCase(given));
  }
}
