import {
  type AttributeValue,
  ConditionalCheckFailedException,
  type DynamoDBClient,
  UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import type { Event } from "./event.js";
import { type Failure, storeFailure } from "./failures.js";

const FREE = "attribute_not_exists(#ref) OR #state = :failed OR (#state = :state AND #lease_until < :now)";
/** What a forced replay may claim besides: an event that is done, but not by this replay. */
const DONE_BEFORE_IT = "(#state = :completed AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))";
const NOT_DONE = "attribute_not_exists(#ref) OR #state <> :state";
const OURS = "#owner = :owner";

type Facts = Record<string, string | number>;

/** Whether an attempt may begin. */
export type Claimed =
  | { readonly state: "ours"; readonly attempts: number }
  | { readonly state: "in_progress" }
  | { readonly state: "completed"; readonly summary: string };

/**
 * The `processed` table: one item for each event and processor, so that an event happens once.
 *
 * Two deliveries of one event may come at the same time. One conditional write gives the event to one of them, for as long
 * as its invocation can last. If that is killed, another delivery takes the event when the lease is over.
 */
export class Records {
  readonly #dynamodb: Pick<DynamoDBClient, "send">;
  readonly #table: string;
  readonly #processor: string;
  readonly #ttlS: number;

  constructor(dynamodb: Pick<DynamoDBClient, "send">, table: string, processor: string, ttlS: number) {
    this.#dynamodb = dynamodb;
    this.#table = table;
    this.#processor = processor;
    this.#ttlS = ttlS;
  }

  /** Claims the lease, if the event is neither done nor held by another attempt. */
  async claim(event: Event, owner: string, now: number, leaseUntil: number): Promise<Claimed> {
    const facts: Facts = {
      state: "in_progress",
      owner,
      lease_until: leaseUntil,
      type: event.type,
      at: new Date(now).toISOString(),
      expires_at: Math.floor(now / 1_000) + this.#ttlS,
    };
    const more: Facts = { one: 1, failed: "failed", now };
    let condition = FREE;
    if (event.replayIsForced && event.replayId !== undefined) {
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
      // The first answer was lost, and the SDK asked again.
      if (record["owner"]?.S === owner) return { state: "ours", attempts: Number(record["attempts"]?.N) };
      return { state: "in_progress" };
    }
  }

  /** Marks the event as done. `false`: the lease was lost to another, whose record stays. */
  complete(event: Event, owner: string, now: number, summary: string, ageMs: number): Promise<boolean> {
    const { sha256, size } = event.claim;
    const facts = { state: "completed", sha256, size, summary, at: new Date(now).toISOString(), age_ms: ageMs };
    return this.#mark(event, facts, " REMOVE #lease_until, #failure, #reason", owner);
  }

  /** Marks an event as done that no one has claimed. `false`: it was done before, and that record stays. */
  async mark(event: Event, owner: string, now: number, summary: string, ageMs: number): Promise<boolean> {
    const { sha256, size } = event.claim;
    const facts: Facts = {
      state: "completed",
      owner,
      type: event.type,
      sha256,
      size,
      summary,
      at: new Date(now).toISOString(),
      age_ms: ageMs,
      expires_at: Math.floor(now / 1_000) + this.#ttlS,
    };
    let condition = NOT_DONE;
    if (event.replayIsForced && event.replayId !== undefined) {
      facts["replayid"] = event.replayId;
      condition = `${NOT_DONE} OR attribute_not_exists(#replayid) OR #replayid <> :replayid`;
    }
    const also = " REMOVE #lease_until, #failure, #reason ADD #attempts :one";
    try {
      await this.#update(event, facts, also, condition, { one: 1 }, false);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionalCheckFailedException)) throw storeFailure("dynamodb:UpdateItem", error);
      // The first answer was lost, and the SDK asked again.
      return error.Item?.["owner"]?.S === owner;
    }
  }

  /** Marks the attempt as failed and ends its lease. `false`: the lease was lost to another. */
  fail(event: Event, owner: string, now: number, failure: Failure): Promise<boolean> {
    const at = new Date(now).toISOString();
    const facts = { state: "failed", at, failure: failure.word, reason: failure.message };
    return this.#mark(event, facts, " REMOVE #lease_until", owner);
  }

  async #mark(event: Event, facts: Facts, also: string, owner: string): Promise<boolean> {
    try {
      await this.#update(event, facts, also, OURS, { owner }, false);
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw storeFailure("dynamodb:UpdateItem", error);
    }
  }

  /** `#name` is the attribute `name` and `:name` its value: several names are reserved words of DynamoDB. */
  #update(event: Event, facts: Facts, also: string, condition: string, more: Facts, returns: boolean) {
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
        ReturnValuesOnConditionCheckFailure: "ALL_OLD",
      }),
    );
  }
}

function attribute(value: string | number): AttributeValue {
  return typeof value === "number" ? { N: String(value) } : { S: value };
}
