// test/function.ts
import assert from "node:assert/strict";
import { test } from "node:test";

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

// src/function.ts
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";

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
  const { identifier, event: event2, deadLetter } = delivery;
  if (event2 instanceof Reject) {
    work.log.line("ERROR", "rejected", void 0, { delivery: identifier, reason: event2.message });
    return { identifier, event: void 0, outcome: event2, deadLetter, givenUp: false };
  }
  const outcome = heldBack ? new Retry("held back: an earlier event with its ordering key failed") : await work.one(event2, time);
  return { identifier, event: event2, outcome, deadLetter, givenUp: false };
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
    ({ event: event2, outcome }) => event2 && !(outcome instanceof Failure) ? [{ ref: event2.ref, summary: outcome.summary }] : []
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
  constructor(sqs, stack, processor2, log) {
    this.#sqs = sqs;
    this.#stack = stack;
    this.#inbox = `${stack}-${processor2}-inbox-dlq`;
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
    const [, bucket = "", key = ""] = read2.matched("dataref", /^s3:\/\/([^/]+)\/(.+)$/s);
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
    this.claim = { bucket, key, sha256: sha256.toLowerCase(), size: read2.size() };
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
  line(level, message, event2, more = {}) {
    if (LEVELS[level] > this.#level) return;
    const about = event2 && {
      ref: event2.ref,
      type: event2.type,
      delivery: event2.deliveryId,
      traceparent: event2.traceparent,
      trace_id: event2.traceId,
      attempt: event2.attempt,
      replay: event2.replayId
    };
    write({ timestamp: new Date(clock.now()).toISOString(), level, message, ...about, ...more });
  }
  /** The line that every event gets. */
  outcome(event2, outcome) {
    if (outcome instanceof Failure) {
      const reason = outcome.message;
      if (outcome instanceof Reject) this.line("ERROR", "rejected", event2, { reason });
      else this.line("WARN", "to be retried", event2, { reason });
    } else if (outcome.state === "processed") {
      const { sha256, size } = event2.claim;
      this.line("INFO", "processed", event2, { sha256, size, age_ms: outcome.ageMs });
    } else {
      this.line("INFO", "done before: skipped", event2);
    }
  }
};
function writeMetrics(stack, processor2, reports) {
  const of = { Stack: dimension(stack), Processor: dimension(processor2) };
  const counts = { EventsProcessed: 0, EventsSkipped: 0, EventsRetried: 0, EventsRejected: 0 };
  const ages = /* @__PURE__ */ new Map();
  for (const { event: event2, outcome } of reports) {
    counts[metric(outcome)] += 1;
    if (event2 && !(outcome instanceof Failure) && outcome.state === "processed") {
      ages.set(event2.type, [...ages.get(event2.type) ?? [], outcome.ageMs]);
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
  constructor(dynamodb, table, processor2, ttlS) {
    this.#dynamodb = dynamodb;
    this.#table = table;
    this.#processor = processor2;
    this.#ttlS = ttlS;
  }
  /** Claims the lease, if the event is neither done nor held by another attempt. */
  async claim(event2, owner, now, leaseUntil) {
    const facts = {
      state: "in_progress",
      owner,
      lease_until: leaseUntil,
      type: event2.type,
      at: new Date(now).toISOString(),
      expires_at: Math.floor(now / 1e3) + this.#ttlS
    };
    const more = { one: 1, failed: "failed", now };
    let condition = FREE;
    if (event2.replayIsForced && event2.replayId !== void 0) {
      facts["replayid"] = event2.replayId;
      more["completed"] = "completed";
      condition = `${FREE} OR ${DONE_BEFORE_IT}`;
    }
    try {
      const updated = await this.#update(event2, facts, " ADD #attempts :one", condition, more, true);
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
  complete(event2, owner, now, summary, ageMs) {
    const { sha256, size } = event2.claim;
    const facts = { state: "completed", sha256, size, summary, at: new Date(now).toISOString(), age_ms: ageMs };
    return this.#mark(event2, facts, " REMOVE #lease_until, #failure, #reason", owner);
  }
  /** Marks the attempt as failed and ends its lease. `false`: the lease was lost to another. */
  fail(event2, owner, now, failure) {
    const at = new Date(now).toISOString();
    const facts = { state: "failed", at, failure: failure.word, reason: failure.message };
    return this.#mark(event2, facts, " REMOVE #lease_until", owner);
  }
  async #mark(event2, facts, also, owner) {
    try {
      await this.#update(event2, facts, also, OURS, { owner }, false);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storeFailure("dynamodb:UpdateItem", error);
    }
  }
  /** `#name` is the attribute `name` and `:name` its value: several names are reserved words of DynamoDB. */
  #update(event2, facts, also, condition, more, returns) {
    const assignments = Object.keys(facts).map((name) => `#${name} = :${name}`);
    const expression = `SET ${assignments.join(", ")}${also}`;
    const aliases = `${expression} ${condition}`.match(/#\w+/g) ?? [];
    const values = Object.entries({ ...facts, ...more }).map(([name, value]) => [`:${name}`, attribute(value)]);
    return this.#dynamodb.send(
      new UpdateItemCommand({
        TableName: this.#table,
        Key: { ref: { S: event2.ref }, processor: { S: this.#processor } },
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

// src/settings.ts
var LEVELS2 = ["error", "warn", "info", "debug"];
var SettingsProblem = class extends Error {
  name = "SettingsProblem";
};
function readSettings(environment2) {
  const problems = [];
  const text = (name) => {
    const value = environment2[name] ?? "";
    if (value === "") problems.push(`${name} is not set`);
    return value;
  };
  const choice = (name, choices, otherwise) => {
    const value = environment2[name] || otherwise;
    if (!choices.includes(value)) problems.push(`${name} must be one of ${choices.join(", ")}`);
    return value;
  };
  const number = (name, most, otherwise) => {
    const value = environment2[name] || String(otherwise ?? "");
    const good = /^\d{1,9}$/.test(value) && Number(value) >= 1 && Number(value) <= most;
    if (!good) problems.push(`${name} must be a whole number from 1 to ${most}`);
    return Number(value);
  };
  const idempotent = choice("IDEMPOTENCY", ["on", "off"], "on") === "on";
  const settings = {
    stack: text("STACK"),
    processor: text("PROCESSOR"),
    table: idempotent ? text("PROCESSED_TABLE") : void 0,
    ttlS: idempotent ? number("PROCESSED_TTL_DAYS", 3650) * 86400 : 0,
    atOnce: number("EVENTS_AT_ONCE", 100, 8),
    eventTimeoutMs: environment2["EVENT_TIMEOUT_S"] ? number("EVENT_TIMEOUT_S", 900) * 1e3 : void 0,
    keepOrder: choice("KEEP_ORDER", ["on", "off"], "off") === "on",
    logLevel: choice("LOG_LEVEL", LEVELS2, "info")
  };
  if (problems.length > 0) throw new SettingsProblem(problems.join("; "));
  return settings;
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
  async one(event2, time) {
    const outcome = await this.#steps(event2, time).catch(failureOf);
    this.log.outcome(event2, outcome);
    return outcome;
  }
  async #steps(event2, time) {
    if (time.ofEvent(this.eventTimeoutMs) === void 0) throw noTime();
    const owner = randomUUID();
    if (this.records) {
      const claimed = await this.#claim(this.records, event2, owner, time);
      if (claimed.state === "completed") return { state: "done before", summary: claimed.summary };
      event2.attempt = claimed.attempts;
    }
    let summary;
    try {
      const end = time.ofEvent(this.eventTimeoutMs);
      if (end === void 0) throw noTime();
      summary = await this.#call(event2, end);
    } catch (error) {
      const failure = failureOf(error);
      if (!(failure instanceof StillRunning)) await this.#failed(event2, owner, failure);
      throw failure;
    }
    const now = clock.now();
    const ageMs = Math.max(0, now - event2.receivedAt.getTime());
    if (this.records && !await this.records.complete(event2, owner, now, summary, ageMs)) {
      this.log.line("WARN", LEASE_LOST, event2);
    }
    return { state: "processed", summary, ageMs };
  }
  /**
   * Waits for another attempt's lease while there is time. To fail at once would use up the tries of an event whose first
   * processor was killed.
   */
  async #claim(records, event2, owner, time) {
    for (; ; ) {
      const claimed = await records.claim(event2, owner, clock.now(), time.endsAt);
      if (claimed.state !== "in_progress") return claimed;
      if (clock.elapsed() + LEASE_POLL_MS >= time.handlersEnd) throw new Retry("another delivery of it is in work");
      await pause(LEASE_POLL_MS);
    }
  }
  /** A handler that never ends does not stop the other events, unless it never awaits. */
  async #call(event2, end) {
    const called = Promise.resolve(event2).then(this.handle);
    const ended = await within(end - clock.elapsed(), called.then(() => "done"));
    if (ended === "over") {
      event2.end();
      const settled = called.then(() => "done", () => "done");
      if (await within(TO_STOP_MS, settled) === "done") throw new Retry("the handler took longer than the event's time");
      throw new StillRunning("the handler took longer than the event's time, and does not stop");
    }
    if (event2.redemption) throw event2.redemption;
    return cut(await called ?? "");
  }
  /** Without this mark the lease ends by itself. */
  async #failed(event2, owner, failure) {
    try {
      const held = await this.records?.fail(event2, owner, clock.now(), failure) ?? true;
      if (!held) this.log.line("WARN", LEASE_LOST, event2);
    } catch (problem) {
      this.log.line("WARN", "the failure is not on record", event2, { cause: failureOf(problem).message });
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
function processor(handle) {
  const runner = lazily(handle, true);
  return async (input, context2) => batchAnswer(await runner()(input, context2));
}
function task(handle) {
  const runner = lazily(handle, false);
  return async (input, context2) => taskAnswer(input, await runner()(input, context2));
}
function taskAnswer(input, reports) {
  const answers = taskAnswers(reports);
  const [only] = answers;
  return only && isObject(input) && !("Records" in input) ? only : answers;
}
function lazily(handle, givesUp) {
  let ready;
  return () => {
    ready ??= run(handle, givesUp, readSettings(process.env), clients());
    return ready;
  };
}
function clients() {
  const patient = { maxAttempts: 3, requestHandler: { connectionTimeout: 2e3, requestTimeout: 4e3 } };
  const hurried = { maxAttempts: 2, requestHandler: { connectionTimeout: 1e3, requestTimeout: 1e3 } };
  return { s3: new S3Client(patient), dynamodb: new DynamoDBClient(patient), sqs: new SQSClient(hurried) };
}
function run(handle, givesUp, settings, { s3, dynamodb, sqs }) {
  const { stack, processor: name, table, keepOrder } = settings;
  const log = new Log(settings.logLevel);
  const records = table === void 0 ? void 0 : new Records(dynamodb, table, name, settings.ttlS);
  const work = new Work(handle, records, settings.eventTimeoutMs, log);
  const queues = new DeadLetterQueues(sqs, stack, name, log);
  return async (input, context2) => {
    const leftMs = context2.getRemainingTimeInMillis();
    const ends = clock.elapsed() + leftMs;
    const deliveries = read(input, (claim) => redeem(s3, claim));
    const reports = await processBatch(work, deliveries, new Time(leftMs), settings);
    if (givesUp) await queues.giveUp(reports, keepOrder, ends - clock.elapsed());
    writeMetrics(stack, name, reports);
    return reports;
  };
}

// src/testing.ts
import { createHash as createHash2 } from "node:crypto";
function event(type, payload, attributes = {}) {
  const bytes = Buffer.from(payload);
  const value = {
    specversion: "1.0",
    id: "1",
    source: "/endpoints/example",
    type,
    subject: "1",
    time: "2026-11-21T20:59:57.000Z",
    datacontenttype: "application/json",
    dataref: "s3://bucket/payloads/example/1",
    datasha256: createHash2("sha256").update(bytes).digest("hex"),
    datasize: String(bytes.length),
    ref: "example/1",
    receivedat: "2026-11-21T20:59:57.414Z",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    replayid: "",
    replayforce: "false",
    deliveryid: "delivery-of-1",
    ...attributes
  };
  return new Event(value, async () => bytes);
}

// test/function.ts
var SET = { STACK: "coatcheck", PROCESSOR: "notes", PROCESSED_TABLE: "processed", PROCESSED_TTL_DAYS: "90" };
var context = { getRemainingTimeInMillis: () => 1e4 };
function environment(set) {
  process.env = { AWS_REGION: "eu-central-1", ...set };
}
test("what Terraform sets is enough", async () => {
  environment(SET);
  assert.deepEqual(await processor(async () => void 0)([], context), { batchItemFailures: [] });
  environment({ STACK: "s", PROCESSOR: "p", IDEMPOTENCY: "off" });
  assert.deepEqual(await task(async () => void 0)([], context), []);
});
test("every problem of the settings is named", async () => {
  const wrong = { KEEP_ORDER: "yes", EVENTS_AT_ONCE: "0", EVENT_TIMEOUT_S: "1e3", LOG_LEVEL: "loud" };
  environment(wrong);
  await assert.rejects(processor(async () => void 0)([], context), (error) => {
    for (const name of Object.keys({ ...SET, ...wrong })) assert.ok(error.message.includes(name), error.message);
    return error.name === "SettingsProblem";
  });
});
test("an event for tests gives its payload", async () => {
  const one = event("push", "{}", { subject: "main" });
  assert.deepEqual([one.type, Buffer.from(await one.payload()).toString(), one.subject], ["push", "{}", "main"]);
  assert.throws(() => event("", "{}"), Reject);
});
