import { createHash } from "node:crypto";
import { Event, isObject, type Redeem } from "./event.js";
import { Input, Reject } from "./failures.js";

/** The event as it was delivered, for its dead-letter queue. */
export interface DeadLetter {
  /** The subscription that delivered it; undefined: the processor's own queue did. */
  readonly subscription?: string;
  readonly body: string;
  /** Its group in a FIFO queue: its partition key, else a digest of its ref. */
  readonly group: string;
  /** In a FIFO queue: the id of the delivery, so that a second try to send it makes no second message. */
  readonly deduplicationId: string;
}

/** One event as it was delivered. */
export interface Delivery {
  /** What an answer must name to get it again; undefined: the sender left it out. */
  readonly identifier: string | undefined;
  readonly event: Event | Reject;
  /** Undefined: its dead-letter queue is unknown. */
  readonly deadLetter: DeadLetter | undefined;
  /** The partition key of an event that cannot be decoded, if that much can be read. */
  readonly group: string | undefined;
}

/** The three shapes in which a function gets events: a pipe's array, one event, the messages of its own queue. */
export function read(value: unknown, redeem: Redeem): Delivery[] {
  if (Array.isArray(value)) return value.map((one) => fromPipe(one, redeem));
  if (isObject(value) && !("Records" in value)) return [fromPipe(value, redeem)];
  if (isObject(value) && Array.isArray(value["Records"])) return value["Records"].map((one) => fromQueue(one, redeem));
  throw new Input("the input cannot be read: neither an array of events, nor an event, nor messages of a queue");
}

function fromPipe(value: unknown, redeem: Redeem): Delivery {
  const subscription = named(value, "subscription");
  const identifier = named(value, "deliveryid");
  const body = JSON.stringify(value);
  return {
    identifier,
    event: decode(value, redeem),
    deadLetter: subscription === undefined ? undefined : { subscription, body, ...inOrder(value, identifier, body) },
    group: named(value, "partitionkey"),
  };
}

/** A queue knows a message by its id. https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-errorhandling.html */
function fromQueue(record: unknown, redeem: Redeem): Delivery {
  const body = isObject(record) && typeof record["body"] === "string" ? record["body"] : undefined;
  const identifier = named(record, "messageId");
  const value = parse(body);
  return {
    identifier,
    event: decode(value, redeem),
    deadLetter: body === undefined ? undefined : { body, ...inOrder(value, identifier, body) },
    group: named(value, "partitionkey"),
  };
}

/** The place of a dead letter in a FIFO queue. */
function inOrder(value: unknown, identifier: string | undefined, body: string): Pick<DeadLetter, "group" | "deduplicationId"> {
  return {
    group: accepted(named(value, "partitionkey")) ?? digest(named(value, "ref") ?? ""),
    deduplicationId: accepted(identifier) ?? digest(body),
  };
}

/**
 * What SQS accepts as a group or as a deduplication id.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 */
function accepted(text: string | undefined): string | undefined {
  return text !== undefined && /^[!-~]{1,128}$/.test(text) ? text : undefined;
}

function digest(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}

/** What is not JSON is no object, and rejected as such. */
function parse(body: string | undefined): unknown {
  try {
    return JSON.parse(body ?? "null");
  } catch {
    return null;
  }
}

function decode(value: unknown, redeem: Redeem): Event | Reject {
  try {
    return new Event(value, redeem);
  } catch (problem) {
    if (problem instanceof Reject) return problem;
    throw problem;
  }
}

function named(value: unknown, name: string): string | undefined {
  const text = isObject(value) ? value[name] : undefined;
  return typeof text === "string" && text !== "" ? text : undefined;
}
