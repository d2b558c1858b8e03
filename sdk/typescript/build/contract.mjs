// test/contract.ts
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { ConditionalCheckFailedException as ConditionalCheckFailedException2 } from "@aws-sdk/client-dynamodb";
import { NoSuchKey as NoSuchKey2 } from "@aws-sdk/client-s3";

// src/failures.ts
var Failure = class extends Error {
};
var Retry = class extends Failure {
  name = "Retry";
  word = "Retry";
};
var Reject = class extends Failure {
  name = "Reject";
  word = "Reject";
};
var StillRunning = class extends Retry {
};
var Input = class extends Error {
  name = "Input";
};
var Nameless = class extends Error {
  name = "Nameless";
};
function storeFailure(operation, error) {
  return new Retry(`${operation}: ${names(error)}`, { cause: error });
}
function failureOf(error) {
  return error instanceof Failure ? error : new Retry(`the handler threw ${names(error)}`, { cause: error });
}
function names(error) {
  const found = [];
  for (let cause = error; cause instanceof Error && found.length < 5; cause = cause.cause) found.push(cause.name);
  return found.join(": ") || "no error";
}

// src/report.ts
function isRetried(outcome) {
  return outcome instanceof Failure && !(outcome instanceof Reject);
}

// src/batch.ts
async function processBatch(work, deliveries, time, { atOnce, keepOrder }) {
  const rows = /* @__PURE__ */ new Map();
  for (const delivery of deliveries) {
    const key = delivery.event instanceof Reject ? delivery : delivery.event.ordering;
    rows.set(key, [...rows.get(key) ?? [], delivery]);
  }
  const reports = /* @__PURE__ */ new Map();
  const waiting = [...rows.values()];
  const worker = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      let failed = false;
      for (const delivery of row) {
        const report = await reportOf(work, delivery, failed && keepOrder, time);
        failed ||= report.outcome instanceof Failure;
        reports.set(delivery, report);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return deliveries.flatMap((delivery) => reports.get(delivery) ?? []);
}
async function reportOf(work, delivery, heldBack, time) {
  const { identifier, event, deadLetter } = delivery;
  if (event instanceof Reject) {
    work.log.line("ERROR", "rejected", void 0, { delivery: identifier, reason: event.message });
    return { identifier, event: void 0, outcome: event, deadLetter, givenUp: false };
  }
  const outcome = heldBack ? new Retry("held back: an earlier event with its ordering key failed") : await work.one(event, time);
  return { identifier, event, outcome, deadLetter, givenUp: false };
}
function batchAnswer(reports) {
  const failed = reports.filter((report) => report.outcome instanceof Failure && !report.givenUp);
  const batchItemFailures = failed.flatMap(({ identifier }) => identifier ? [{ itemIdentifier: identifier }] : []);
  const nameless = failed.length - batchItemFailures.length;
  if (nameless > 0) throw new Nameless(`${nameless} failed events have no deliveryid: fix the pipe's template`);
  return { batchItemFailures };
}
function taskAnswers(reports) {
  const failed = reports.filter((report) => report.outcome instanceof Failure);
  const worst = failed.find((report) => isRetried(report.outcome)) ?? failed[0];
  if (worst?.outcome instanceof Failure) {
    const [word, Kind] = worst.outcome instanceof Reject ? ["rejected", Reject] : ["to be retried", Retry];
    const first = worst.event?.ref ?? worst.identifier ?? "one without a name";
    const counts = `${failed.length} of ${reports.length} events failed`;
    throw new Kind(`${counts}, the first being ${first}: ${word}: ${worst.outcome.message}`);
  }
  return reports.flatMap(
    ({ event, outcome }) => event && !(outcome instanceof Failure) ? [{ ref: event.ref, summary: outcome.summary }] : []
  );
}

// src/clock.ts
var clock = {
  /** Milliseconds of the epoch. */
  now: () => Date.now(),
  /** Milliseconds of a clock that is never set: it measures durations. */
  elapsed: () => performance.now()
};
function pause(ms) {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}
async function within(ms, work) {
  work.catch(() => void 0);
  let timer;
  const over = new Promise((resolve) => {
    timer = setTimeout(() => resolve("over"), Math.max(0, ms));
  });
  return Promise.race([work, over]).finally(() => clearTimeout(timer));
}

// src/function.ts
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

// src/dead-letters.ts
import { GetQueueUrlCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
var TO_SEND_MS = 1500;
var DeadLetterQueues = class {
  #sqs;
  #stack;
  #inbox;
  #log;
  #urls = /* @__PURE__ */ new Map();
  /** The queues of the stack, by the names that Terraform gives them. */
  constructor(sqs, stack, processor, log) {
    this.#sqs = sqs;
    this.#stack = stack;
    this.#inbox = `${stack}-${processor}-inbox-dlq`;
    this.#log = log;
  }
  /**
   * Puts each rejected event whole into its queue and marks it, so that the answer leaves it out.
   *
   * First the queue, then the answer: a crash in between makes two messages of one, and loses none. An event that cannot be
   * put there stays a failure. In order, the pipe delivers all events from the first retried one again, so those behind it
   * wait for it. Half of the time left is for the answer.
   */
  async giveUp(reports, inOrder, leftMs) {
    const firstRetried = reports.findIndex((report) => isRetried(report.outcome));
    const reached = inOrder && firstRetried >= 0 ? reports.slice(0, firstRetried) : reports;
    const rejected = reached.filter((report) => report.outcome instanceof Reject);
    const toSendMs = Math.min(TO_SEND_MS, leftMs / 2);
    await Promise.all(rejected.map((report) => this.#giveUp(report, toSendMs)));
  }
  async #giveUp(report, toSendMs) {
    try {
      if (!report.deadLetter) return;
      if (await within(toSendMs, this.#send(report.deadLetter)) === "over") throw new DOMException("", "TimeoutError");
      report.givenUp = true;
      this.#log.line("INFO", "given up: the rejected event is in the dead-letter queue", report.event);
    } catch (error) {
      const cause = storeFailure("sqs:SendMessage", error).message;
      const message = "the rejected event could not be given up at once: its tries are used up first";
      this.#log.line("WARN", message, report.event, { cause });
    }
  }
  async #send({ subscription, body }) {
    const name = subscription === void 0 ? this.#inbox : `${this.#stack}-${subscription}-dlq`;
    let url = this.#urls.get(name);
    if (url === void 0) {
      url = (await this.#sqs.send(new GetQueueUrlCommand({ QueueName: name }))).QueueUrl ?? "";
      this.#urls.set(name, url);
    }
    await this.#sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body }));
  }
};

// src/event.ts
var Event = class {
  /** The provider's id of the event. */
  id;
  /** `/endpoints/{endpoint}` */
  source;
  /** The provider's type of the event, for instance `invoice.paid`. */
  type;
  /** What the event is about, if the endpoint has a location for it. */
  subject;
  /** When it happened, by the provider's clock. */
  time;
  /** The payload's content type, as received. */
  contentType;
  /** Names the event everywhere. Deduplicate by it: it is the same at every delivery. */
  ref;
  /** When the delivery came in, by Coatcheck's clock. */
  receivedAt;
  /** W3C trace context: make it the parent of your spans, or pass it on. */
  traceparent;
  /** Which replay this delivery belongs to; undefined if the provider delivered it. */
  replayId;
  /** Whether the event is handled although it was done before. */
  replayIsForced;
  /** Names this delivery in an answer. It differs from delivery to delivery. */
  deliveryId;
  /** Where the payload is and what it must be. */
  claim;
  /** Events with the same endpoint and ordering key are handled one after the other. */
  ordering;
  /** Aborts when the handler's time is over: pass it to your calls. */
  signal;
  /** The number of this processor's attempt, from 1; undefined if idempotency is off, which counts none. */
  attempt;
  /** @internal What is wrong with the last redemption, if anything. */
  redemption;
  #redeem;
  #end = new AbortController();
  /** @internal Reads one event. Throws `Reject` with the first attribute that is wrong, and without any value. */
  constructor(value, redeem2) {
    if (!isObject(value)) throw new Reject("the event is not a JSON object");
    const read2 = new Attributes(value);
    if (read2.text("specversion") !== "1.0") throw unusable("specversion");
    const [, bucket2 = "", key = ""] = read2.matched("dataref", /^s3:\/\/([^/]+)\/(.+)$/s);
    const forced = read2.optional("replayforce");
    if (!["true", "false", ""].includes(forced)) throw unusable("replayforce");
    this.id = read2.named("id");
    this.source = read2.named("source");
    this.type = read2.named("type");
    this.contentType = read2.named("datacontenttype");
    this.deliveryId = read2.named("deliveryid");
    const subject = read2.optional("subject");
    this.subject = subject === "" || subject === this.id ? void 0 : subject;
    this.time = read2.time("time");
    this.receivedAt = read2.time("receivedat");
    this.ref = read2.text("ref");
    this.ordering = read2.ordering();
    this.traceparent = read2.text("traceparent");
    this.replayId = read2.optional("replayid") || void 0;
    this.replayIsForced = forced === "true" && this.replayId !== void 0;
    const [sha256 = ""] = read2.matched("datasha256", /^[0-9a-f]{64}$/i);
    this.claim = { bucket: bucket2, key, sha256: sha256.toLowerCase(), size: read2.size() };
    this.signal = this.#end.signal;
    this.#redeem = redeem2;
  }
  /**
   * The provider's exact bytes, checked against the length and the SHA-256 of their pointer.
   *
   * Throws `RedeemProblem` or `Retry`. A handler that catches it does not succeed all the same: the event gets the failure
   * of its last redemption.
   */
  async payload() {
    try {
      const payload = await this.#redeem(this.claim);
      this.redemption = void 0;
      return payload;
    } catch (error) {
      if (error instanceof Failure) this.redemption = error;
      throw error;
    }
  }
  /** The part of the trace context that stays the same on the whole path. */
  get traceId() {
    return this.traceparent.split("-")[1] ?? "";
  }
  /** @internal The handler's time is over. */
  end() {
    this.#end.abort();
  }
};
function isObject(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
function unusable(name) {
  return new Reject(`the event has no usable attribute \`${name}\``);
}
var Attributes = class {
  #value;
  constructor(value) {
    this.#value = value;
  }
  text(name) {
    const text = this.#value[name];
    if (typeof text !== "string") throw unusable(name);
    return text;
  }
  /** A text that is not empty. */
  named(name) {
    const text = this.text(name);
    if (text === "") throw unusable(name);
    return text;
  }
  /** An event may lack it: a subject, or what replays added. */
  optional(name) {
    return (this.#value[name] ?? null) === null ? "" : this.text(name);
  }
  matched(name, pattern) {
    const matched = pattern.exec(this.text(name));
    if (!matched) throw unusable(name);
    return matched;
  }
  time(name) {
    const [text] = this.matched(name, /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?([Zz]|[+-]\d\d:\d\d)$/);
    const time = new Date(text.replace(" ", "T").toUpperCase());
    if (Number.isNaN(time.getTime())) throw unusable(name);
    return time;
  }
  /** A template of Pipes writes it as text, other senders as a number. */
  size() {
    const given = this.#value["datasize"];
    const size = typeof given === "string" && /^\+?\d{1,16}$/.test(given) ? Number(given) : given;
    if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) throw unusable("datasize");
    return size;
  }
  /** A ref is endpoint/event-key or endpoint/ordering-key/event-key, percent-encoded. */
  ordering() {
    const [endpoint = "", ...parts] = this.text("ref").split("/");
    const keys = parts.map((part) => {
      try {
        return decodeURIComponent(part);
      } catch {
        throw unusable("ref");
      }
    });
    const good = /^[a-z0-9][a-z0-9-]{0,62}$/.test(endpoint) && [1, 2].includes(keys.length) && !keys.includes("");
    if (!good) throw unusable("ref");
    return `${endpoint}/${keys[0]}`;
  }
};

// src/deliveries.ts
function read(value, redeem2) {
  if (Array.isArray(value)) return value.map((one) => fromPipe(one, redeem2));
  if (isObject(value) && !("Records" in value)) return [fromPipe(value, redeem2)];
  if (isObject(value) && Array.isArray(value["Records"])) return value["Records"].map((one) => fromQueue(one, redeem2));
  throw new Input("the input cannot be read: neither an array of events, nor an event, nor messages of a queue");
}
function fromPipe(value, redeem2) {
  const subscription = named(value, "subscription");
  return {
    identifier: named(value, "deliveryid"),
    event: decode(value, redeem2),
    deadLetter: subscription === void 0 ? void 0 : { subscription, body: JSON.stringify(value) }
  };
}
function fromQueue(record, redeem2) {
  const body = isObject(record) && typeof record["body"] === "string" ? record["body"] : void 0;
  return {
    identifier: named(record, "messageId"),
    event: decode(parse(body), redeem2),
    deadLetter: body === void 0 ? void 0 : { body }
  };
}
function parse(body) {
  try {
    return JSON.parse(body ?? "null");
  } catch {
    return null;
  }
}
function decode(value, redeem2) {
  try {
    return new Event(value, redeem2);
  } catch (problem) {
    if (problem instanceof Reject) return problem;
    throw problem;
  }
}
function named(value, name) {
  const text = isObject(value) ? value[name] : void 0;
  return typeof text === "string" && text !== "" ? text : void 0;
}

// src/log.ts
var LEVELS = { ERROR: 0, WARN: 1, INFO: 2, DEBUG: 3 };
var VALUES_MAX = 100;
var DIMENSION_MAX_BYTES = 1024;
var Log = class {
  #level;
  constructor(level) {
    this.#level = LEVELS[level.toUpperCase()];
  }
  /** About this event, with its names only. */
  line(level, message, event, more = {}) {
    if (LEVELS[level] > this.#level) return;
    const about = event && {
      ref: event.ref,
      type: event.type,
      delivery: event.deliveryId,
      traceparent: event.traceparent,
      trace_id: event.traceId,
      attempt: event.attempt,
      replay: event.replayId
    };
    write({ timestamp: new Date(clock.now()).toISOString(), level, message, ...about, ...more });
  }
  /** The line that every event gets. */
  outcome(event, outcome) {
    if (outcome instanceof Failure) {
      const reason = outcome.message;
      if (outcome instanceof Reject) this.line("ERROR", "rejected", event, { reason });
      else this.line("WARN", "to be retried", event, { reason });
    } else if (outcome.state === "processed") {
      const { sha256, size } = event.claim;
      this.line("INFO", "processed", event, { sha256, size, age_ms: outcome.ageMs });
    } else {
      this.line("INFO", "done before: skipped", event);
    }
  }
};
function writeMetrics(stack, processor, reports) {
  const of = { Stack: dimension(stack), Processor: dimension(processor) };
  const counts = { EventsProcessed: 0, EventsSkipped: 0, EventsRetried: 0, EventsRejected: 0 };
  const ages = /* @__PURE__ */ new Map();
  for (const { event, outcome } of reports) {
    counts[metric(outcome)] += 1;
    if (event && !(outcome instanceof Failure) && outcome.state === "processed") {
      ages.set(event.type, [...ages.get(event.type) ?? [], outcome.ageMs]);
    }
  }
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  if (found.length > 0) emit(of, [["Stack"], ["Stack", "Processor"]], Object.fromEntries(found), "Count");
  const sets = [["Stack"], ["Stack", "Processor"], ["Stack", "Processor", "Type"]];
  for (const [type, all] of [...ages].sort(([a], [b]) => a < b ? -1 : 1)) {
    for (let start = 0; start < all.length; start += VALUES_MAX) {
      const some = all.slice(start, start + VALUES_MAX);
      const EventAge = some.length === 1 ? some[0] : some;
      emit({ ...of, Type: dimension(type) }, sets, { EventAge }, "Milliseconds");
    }
  }
}
function metric(outcome) {
  if (outcome instanceof Failure) return outcome instanceof Reject ? "EventsRejected" : "EventsRetried";
  return outcome.state === "processed" ? "EventsProcessed" : "EventsSkipped";
}
function emit(dimensions, sets, values, unit) {
  const now = clock.now();
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: unit }));
  const about = { Namespace: "Coatcheck", Dimensions: sets, Metrics };
  const _aws = { Timestamp: now, CloudWatchMetrics: [about] };
  write({ ...dimensions, ...values, timestamp: new Date(now).toISOString(), _aws });
}
function dimension(value) {
  const named2 = { "	": "\\t", "\r": "\\r", "\n": "\\n", "'": "\\'", '"': '\\"', "\\": "\\\\" };
  const printable = [...value].map((character) => {
    if (named2[character]) return named2[character];
    return character >= " " && character <= "~" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return printable.join("").slice(0, DIMENSION_MAX_BYTES) || "-";
}
function write(line) {
  process.stdout.write(`${JSON.stringify(line)}
`);
}

// src/payload.ts
import { createHash } from "node:crypto";
import { GetObjectCommand, NoSuchKey } from "@aws-sdk/client-s3";
var RedeemProblem = class extends Reject {
};
async function redeem(s3, claim) {
  const stored = await s3.send(new GetObjectCommand({ Bucket: claim.bucket, Key: claim.key })).catch((error) => {
    if (!(error instanceof NoSuchKey)) throw unreadable(error);
    throw new RedeemProblem("payload_missing: the payload is not in the bucket: it has expired or was removed");
  });
  const size = stored.ContentLength ?? claim.size;
  if (size !== claim.size) {
    if (stored.Body && "destroy" in stored.Body) stored.Body.destroy();
    throw wrongSize(size, claim);
  }
  const payload = await stored.Body?.transformToByteArray().catch((error) => {
    throw unreadable(error);
  }) ?? new Uint8Array();
  if (payload.length !== claim.size) throw wrongSize(payload.length, claim);
  if (createHash("sha256").update(payload).digest("hex") !== claim.sha256) {
    throw new RedeemProblem("payload_digest: the payload does not have its pointer's SHA-256");
  }
  return payload;
}
function wrongSize(size, claim) {
  return new RedeemProblem(`payload_size: the payload has ${size} bytes, its pointer says ${claim.size}`);
}
function unreadable(error) {
  const cause = storeFailure("s3:GetObject", error);
  return new Retry(`payload_unreadable: the payload could not be read: ${cause.message}`, { cause });
}

// src/records.ts
import {
  ConditionalCheckFailedException,
  UpdateItemCommand
} from "@aws-sdk/client-dynamodb";
var FREE = "attribute_not_exists(#ref) OR #state = :failed OR (#state = :state AND #lease_until < :now)";
var DONE_BEFORE_IT = "(#state = :completed AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))";
var OURS = "#owner = :owner";
var Records = class {
  #dynamodb;
  #table;
  #processor;
  #ttlS;
  constructor(dynamodb, table, processor, ttlS) {
    this.#dynamodb = dynamodb;
    this.#table = table;
    this.#processor = processor;
    this.#ttlS = ttlS;
  }
  /** Claims the lease, if the event is neither done nor held by another attempt. */
  async claim(event, owner, now, leaseUntil) {
    const facts = {
      state: "in_progress",
      owner,
      lease_until: leaseUntil,
      type: event.type,
      at: new Date(now).toISOString(),
      expires_at: Math.floor(now / 1e3) + this.#ttlS
    };
    const more = { one: 1, failed: "failed", now };
    let condition = FREE;
    if (event.replayIsForced && event.replayId !== void 0) {
      facts["replayid"] = event.replayId;
      more["completed"] = "completed";
      condition = `${FREE} OR ${DONE_BEFORE_IT}`;
    }
    try {
      const updated = await this.#update(event, facts, " ADD #attempts :one", condition, more, true);
      return { state: "ours", attempts: Number(updated.Attributes?.["attempts"]?.N) };
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeFailure("dynamodb:UpdateItem", error);
      const record = error.Item ?? {};
      if (record["state"]?.S === "completed") return { state: "completed", summary: record["summary"]?.S ?? "" };
      if (record["owner"]?.S === owner) return { state: "ours", attempts: Number(record["attempts"]?.N) };
      return { state: "in_progress" };
    }
  }
  /** Marks the event as done. `false`: the lease was lost to another, whose record stays. */
  complete(event, owner, now, summary, ageMs) {
    const { sha256, size } = event.claim;
    const facts = { state: "completed", sha256, size, summary, at: new Date(now).toISOString(), age_ms: ageMs };
    return this.#mark(event, facts, " REMOVE #lease_until, #failure, #reason", owner);
  }
  /** Marks the attempt as failed and ends its lease. `false`: the lease was lost to another. */
  fail(event, owner, now, failure) {
    const at = new Date(now).toISOString();
    const facts = { state: "failed", at, failure: failure.word, reason: failure.message };
    return this.#mark(event, facts, " REMOVE #lease_until", owner);
  }
  async #mark(event, facts, also, owner) {
    try {
      await this.#update(event, facts, also, OURS, { owner }, false);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storeFailure("dynamodb:UpdateItem", error);
    }
  }
  /** `#name` is the attribute `name` and `:name` its value: several names are reserved words of DynamoDB. */
  #update(event, facts, also, condition, more, returns) {
    const assignments = Object.keys(facts).map((name) => `#${name} = :${name}`);
    const expression = `SET ${assignments.join(", ")}${also}`;
    const aliases = `${expression} ${condition}`.match(/#\w+/g) ?? [];
    const values = Object.entries({ ...facts, ...more }).map(([name, value]) => [`:${name}`, attribute(value)]);
    return this.#dynamodb.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { ref: { S: event.ref }, processor: { S: this.#processor } },
        UpdateExpression: expression,
        ConditionExpression: condition,
        ExpressionAttributeNames: Object.fromEntries(aliases.map((alias) => [alias, alias.slice(1)])),
        ExpressionAttributeValues: Object.fromEntries(values),
        ReturnValues: returns ? "UPDATED_NEW" : "NONE",
        ReturnValuesOnConditionCheckFailure: "ALL_OLD"
      })
    );
  }
};
function attribute(value) {
  return typeof value === "number" ? { N: String(value) } : { S: value };
}

// src/work.ts
import { randomUUID } from "node:crypto";
var SUMMARY_MAX_BYTES = 1024;
var TO_ANSWER_MS = 2e3;
var LEASE_POLL_MS = 500;
var TO_STOP_MS = 100;
var LEASE_LOST = "its time was over: another delivery of it has taken the lease";
var Time = class {
  /** When every handler must be done, by `clock.elapsed`. */
  handlersEnd;
  /** When Lambda ends the invocation, in milliseconds of the epoch: no handler survives this. */
  endsAt;
  constructor(leftMs) {
    const left = Math.max(0, leftMs);
    this.handlersEnd = clock.elapsed() + left - Math.min(TO_ANSWER_MS, left / 4);
    this.endsAt = clock.now() + leftMs;
  }
  /** When an event that begins now must be done; undefined: no time is left. */
  ofEvent(atMostMs) {
    const now = clock.elapsed();
    const end = Math.min(this.handlersEnd, now + (atMostMs ?? Number.POSITIVE_INFINITY));
    return now < end ? end : void 0;
  }
};
var Work = class {
  constructor(handle, records, eventTimeoutMs, log) {
    this.handle = handle;
    this.records = records;
    this.eventTimeoutMs = eventTimeoutMs;
    this.log = log;
  }
  handle;
  records;
  eventTimeoutMs;
  log;
  /** Handles one event. Without its mark an event is not done: it is delivered again. Throws nothing. */
  async one(event, time) {
    const outcome = await this.#steps(event, time).catch(failureOf);
    this.log.outcome(event, outcome);
    return outcome;
  }
  async #steps(event, time) {
    if (time.ofEvent(this.eventTimeoutMs) === void 0) throw noTime();
    const owner = randomUUID();
    if (this.records) {
      const claimed = await this.#claim(this.records, event, owner, time);
      if (claimed.state === "completed") return { state: "done before", summary: claimed.summary };
      event.attempt = claimed.attempts;
    }
    let summary;
    try {
      const end = time.ofEvent(this.eventTimeoutMs);
      if (end === void 0) throw noTime();
      summary = await this.#call(event, end);
    } catch (error) {
      const failure = failureOf(error);
      if (!(failure instanceof StillRunning)) await this.#failed(event, owner, failure);
      throw failure;
    }
    const now = clock.now();
    const ageMs = Math.max(0, now - event.receivedAt.getTime());
    if (this.records && !await this.records.complete(event, owner, now, summary, ageMs)) {
      this.log.line("WARN", LEASE_LOST, event);
    }
    return { state: "processed", summary, ageMs };
  }
  /**
   * Waits for another attempt's lease while there is time. To fail at once would use up the tries of an event whose first
   * processor was killed.
   */
  async #claim(records, event, owner, time) {
    for (; ; ) {
      const claimed = await records.claim(event, owner, clock.now(), time.endsAt);
      if (claimed.state !== "in_progress") return claimed;
      if (clock.elapsed() + LEASE_POLL_MS >= time.handlersEnd) throw new Retry("another delivery of it is in work");
      await pause(LEASE_POLL_MS);
    }
  }
  /** A handler that never ends does not stop the other events, unless it never awaits. */
  async #call(event, end) {
    const called = Promise.resolve(event).then(this.handle);
    const ended = await within(end - clock.elapsed(), called.then(() => "done"));
    if (ended === "over") {
      event.end();
      const settled = called.then(() => "done", () => "done");
      if (await within(TO_STOP_MS, settled) === "done") throw new Retry("the handler took longer than the event's time");
      throw new StillRunning("the handler took longer than the event's time, and does not stop");
    }
    if (event.redemption) throw event.redemption;
    return cut(await called ?? "");
  }
  /** Without this mark the lease ends by itself. */
  async #failed(event, owner, failure) {
    try {
      const held = await this.records?.fail(event, owner, clock.now(), failure) ?? true;
      if (!held) this.log.line("WARN", LEASE_LOST, event);
    } catch (problem) {
      this.log.line("WARN", "the failure is not on record", event, { cause: failureOf(problem).message });
    }
  }
};
function noTime() {
  return new Retry("the invocation had no time left for it");
}
function cut(summary) {
  const bytes = Buffer.from(summary).subarray(0, SUMMARY_MAX_BYTES);
  return new TextDecoder().decode(bytes, { stream: true });
}

// src/function.ts
function taskAnswer(input, reports) {
  const answers = taskAnswers(reports);
  const [only] = answers;
  return only && isObject(input) && !("Records" in input) ? only : answers;
}
function run(handle, givesUp, settings, { s3, dynamodb, sqs }) {
  const { stack, processor: name, table, keepOrder } = settings;
  const log = new Log(settings.logLevel);
  const records = table === void 0 ? void 0 : new Records(dynamodb, table, name, settings.ttlS);
  const work = new Work(handle, records, settings.eventTimeoutMs, log);
  const queues2 = new DeadLetterQueues(sqs, stack, name, log);
  return async (input, context) => {
    const leftMs = context.getRemainingTimeInMillis();
    const ends = clock.elapsed() + leftMs;
    const deliveries = read(input, (claim) => redeem(s3, claim));
    const reports = await processBatch(work, deliveries, new Time(leftMs), settings);
    if (givesUp) await queues2.giveUp(reports, keepOrder, ends - clock.elapsed());
    writeMetrics(stack, name, reports);
    return reports;
  };
}

// test/contract.ts
var CONTRACT = "../contract";
var NOW = 17952948e5;
var BASE = readFileSync(`${CONTRACT}/event.json`, "utf8");
var WRITES = JSON.parse(readFileSync(`${CONTRACT}/writes.json`, "utf8"));
clock.now = () => NOW;
function expand(value) {
  if (Array.isArray(value)) return value.map(expand);
  if (typeof value !== "object" || value === null) return value;
  const members = value;
  if (members["$event"]) {
    const event = { ...JSON.parse(BASE.replaceAll("{id}", members["$event"].id)), ...members["$event"] };
    return Object.fromEntries(Object.entries(event).filter(([, attribute2]) => attribute2 !== null));
  }
  if (members["$text"]) return JSON.stringify(expand(members["$text"]));
  return Object.fromEntries(Object.entries(members).map(([name, one]) => [name, expand(one)]));
}
function refused(name) {
  return Object.assign(new Error("canary"), { name });
}
var Table = class {
  items = /* @__PURE__ */ new Map();
  writes = [];
  #case;
  constructor(given) {
    this.#case = given;
    for (const [ref, item] of Object.entries(given.table ?? {})) this.items.set(ref, { ...item });
  }
  async send({ input }) {
    const found = Object.entries(WRITES).find(([, write3]) => isWrite(input, write3));
    assert.ok(found, `not a write of the contract: ${JSON.stringify(input)}`);
    const [kind, write2] = found;
    this.writes.push(kind);
    const values = {};
    for (const [name, value] of Object.entries(input.ExpressionAttributeValues ?? {})) {
      values[name.slice(1)] = value.N === void 0 ? String(value.S) : Number(value.N);
    }
    if (this.#case.exact_writes) assert.deepEqual(values, { ...write2.Values, owner: values["owner"] });
    const ref = input.Key?.["ref"]?.S ?? "";
    return kind.includes("claim") ? this.#claim(ref, values) : this.#mark(ref, kind, values);
  }
  #claim(ref, values) {
    const fails = this.#case.table_fails?.["claim"];
    if (fails === "busy") throw refused("ThrottlingException");
    for (const [other, item2] of Object.entries(this.#case.table_at_claim?.[this.writes.length] ?? {})) {
      this.items.set(other, item2);
    }
    const old = this.items.get(ref) ?? {};
    const replay = values["replayid"];
    const abandoned = old["state"] === "in_progress" && Number(old["lease_until"]) < Number(values["now"]);
    const free = old["state"] === void 0 || old["state"] === "failed" || abandoned;
    const again = old["state"] === "completed" && replay !== void 0 && replay !== old["replayid"];
    if (!free && !again) throw conflict(old);
    const { one: _one, failed: _failed, now: _now, completed: _completed, ...facts } = values;
    const item = { ...old, ...facts, attempts: Number(old["attempts"] ?? 0) + 1 };
    this.items.set(ref, item);
    if (fails === "answer_lost") throw conflict(item);
    return { Attributes: { attempts: { N: String(item.attempts) } } };
  }
  #mark(ref, kind, values) {
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
};
function isWrite(input, write2) {
  const expressions = `${input.UpdateExpression} ${input.ConditionExpression}`;
  const names2 = Object.entries(input.ExpressionAttributeNames ?? {});
  const values = Object.keys(input.ExpressionAttributeValues ?? {}).sort();
  const expected = [...Object.keys(write2.Values), "owner"].map((name) => `:${name}`).sort();
  return expressions === `${write2.UpdateExpression} ${write2.ConditionExpression}` && names2.every(([alias, name]) => alias === `#${name}` && expressions.includes(alias)) && values.join() === expected.join() && input.TableName === "processed" && input.Key?.["processor"]?.S === "notes" && input.ReturnValuesOnConditionCheckFailure === "ALL_OLD";
}
function conflict(item) {
  const Item = Object.fromEntries(
    Object.entries(item).map(([name, value]) => [name, typeof value === "number" ? { N: `${value}` } : { S: value }])
  );
  return new ConditionalCheckFailedException2({ $metadata: {}, message: "canary", Item });
}
function bucket(payloads = {}) {
  return {
    async send({ input }) {
      assert.equal(input.Bucket, "bucket");
      const payload = payloads[input.Key] === void 0 ? "a payload" : payloads[input.Key];
      if (payload === null) throw new NoSuchKey2({ $metadata: {}, message: "canary" });
      if (typeof payload === "object") throw refused(payload.error);
      const bytes = Buffer.from(payload);
      return { ContentLength: bytes.length, Body: { transformToByteArray: async () => bytes } };
    }
  };
}
function queues(fails = {}, sent) {
  return {
    async send({ input }) {
      if (input.QueueName !== void 0) return { QueueUrl: `https://queues/${input.QueueName}` };
      const name = input.QueueUrl.replace("https://queues/", "");
      if (fails[name] === "hangs") await new Promise(() => void 0);
      if (fails[name] !== void 0) throw refused(fails[name]);
      sent.push([name, input.MessageBody]);
      return {};
    }
  };
}
var Handler = class {
  constructor(does = {}) {
    this.does = does;
  }
  does;
  handled = [];
  seen = {};
  most = 0;
  #now = 0;
  async handle(event) {
    this.handled.push(event.id);
    this.most = Math.max(this.most, ++this.#now);
    try {
      return await this.#handle(event, this.does[event.id] ?? {});
    } finally {
      this.#now -= 1;
    }
  }
  async #handle(event, { does, reason, repeat, times }) {
    const { bucket: bucket2, key, size } = event.claim;
    this.seen[event.id] = {
      id: event.id,
      source: event.source,
      type: event.type,
      subject: event.subject,
      ref: event.ref,
      time: event.time.toISOString(),
      received_at: event.receivedAt.toISOString(),
      content_type: event.contentType,
      traceparent: event.traceparent,
      trace_id: event.traceId,
      delivery_id: event.deliveryId,
      attempt: event.attempt,
      replay_id: event.replayId,
      replay_is_forced: event.replayIsForced,
      bucket: bucket2,
      key,
      size
    };
    if (does === "retry") throw new Retry(reason);
    if (does === "reject") throw new Reject(reason);
    if (does === "crash") throw new RangeError(reason);
    if (does === "wait") await new Promise((resolve) => event.signal.addEventListener("abort", resolve));
    if (does === "block") await new Promise(() => void 0);
    if (does === "pause") await pause(50);
    if (does === "summarise") return (repeat ?? "").repeat(times ?? 0);
    if (does === "ignore_payload") {
      await event.payload().catch((error) => assert.ok(error instanceof Failure));
      return "as if";
    }
    return `${(await event.payload()).length} bytes`;
  }
};
async function captured(work) {
  const write2 = process.stdout.write;
  let output = "";
  process.stdout.write = ((text) => {
    if (typeof text !== "string") return write2.call(process.stdout, text);
    output += text;
    return true;
  });
  try {
    return [await work(), output];
  } finally {
    process.stdout.write = write2;
  }
}
async function runCase(given) {
  const { idempotency = true, events_at_once = 8, keep_order = false, event_timeout_ms, task = false } = given.settings ?? {};
  const settings = {
    stack: "coatcheck",
    processor: "notes",
    table: idempotency ? "processed" : void 0,
    ttlS: 86400,
    atOnce: events_at_once,
    eventTimeoutMs: event_timeout_ms,
    keepOrder: keep_order,
    logLevel: "debug"
  };
  const table = new Table(given);
  const handler = new Handler(given.handler);
  const sent = [];
  const clients = { s3: bucket(given.payloads), dynamodb: table, sqs: queues(given.queues_fail, sent) };
  const runner = run((event) => handler.handle(event), !task, settings, clients);
  const input = expand(given.input);
  let reports = [];
  const [answered, output] = await captured(async () => {
    try {
      reports = await runner(input, { getRemainingTimeInMillis: () => given.left_ms ?? 3e4 });
      return task ? taskAnswer(input, reports) : batchAnswer(reports);
    } catch (error) {
      return error;
    }
  });
  const lines = output.trimEnd().split("\n").map((line) => JSON.parse(line || "{}"));
  if (given.metrics) assert.deepEqual(lines.filter((line) => line._aws), given.metrics);
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
function check(given, input, reports, world) {
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
    const bodies = delivered(input).map((one) => typeof one === "string" ? one : JSON.stringify(one));
    const expected = given.sent.map(([queue, place]) => [queue, bodies[place]]);
    assert.deepEqual(sent.toSorted(), expected.toSorted());
  }
  const named2 = new Map(reports.map((one) => [one.event?.id ?? one.identifier?.replace("delivery-of-", ""), one.outcome]));
  for (const [expected, Kind] of [[given.rejected, Reject], [given.retried, Retry]]) {
    for (const [name, reason] of Object.entries(expected ?? {})) {
      const outcome = named2.get(name);
      assert.ok(outcome instanceof Kind && outcome.message.includes(reason), `${name}: ${outcome}`);
    }
  }
  if (given.most_at_once) assert.equal(handler.most, given.most_at_once);
}
function checkItem(item, expected) {
  if (expected === null) return assert.equal(item, void 0);
  for (const [name, value] of Object.entries(expected)) {
    const have = item?.[name] ?? null;
    if (Array.isArray(value)) for (const part of value) assert.ok(String(have).includes(part), `${name}: ${have}`);
    else assert.equal(have, value, name);
  }
}
function delivered(input) {
  if (Array.isArray(input)) return input;
  return input?.Records?.map((record) => record.body) ?? [input];
}
for (const file of readdirSync(`${CONTRACT}/cases`).toSorted()) {
  for (const given of JSON.parse(readFileSync(`${CONTRACT}/cases/${file}`, "utf8"))) {
    test(`${file}: ${given.name}`, () => runCase(given));
  }
}
