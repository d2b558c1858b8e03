/**
 * This processor's records in the `processed` table: each event is completed once.
 *
 * Two deliveries of one event may come at the same time. A conditional write gives the event to one
 * of them, for as long as its invocation can last: if that crashes, another may claim the event
 * when the lease is over.
 */
import { randomUUID } from "node:crypto";
import { ConditionalCheckFailedException, DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { type Context, type Event, Retry, verdict } from "./event";

const dynamodb = new DynamoDBClient({});
const TABLE = setting("PROCESSED_TABLE");
const PROCESSOR = setting("PROCESSOR");
const TTL_S = Number(setting("PROCESSED_TTL_DAYS")) * 86_400;

const FREE = "attribute_not_exists(#ref) OR #state = :failed OR (#state = :state AND #lease_until < :now)";
/** What a forced replay may claim, too: an event that is done, unless this replay did it. */
const DONE_BEFORE_IT = "(#state = :completed AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))";
const OURS = "#owner = :owner";

type Facts = Record<string, string | number>;

/** Does the work and records the summary that it gives, unless the event was completed before. */
export async function once(event: Event, context: Context, work: () => Promise<string>) {
  const owner = randomUUID();
  if (!(await claim(event, owner, context.getRemainingTimeInMillis()))) return "skipped";
  try {
    const summary = await work();
    const age_ms = Math.max(0, Date.now() - Date.parse(event.receivedat));
    const facts = { state: "completed", sha256: event.datasha256, size: Number(event.datasize), summary, age_ms };
    await update(event, facts, "REMOVE #lease_until, #failure, #reason", OURS, { owner });
    return "processed";
  } catch (error) {
    const facts = { state: "failed", ...verdict(error) };
    // Without this mark, the lease ends by itself.
    await update(event, facts, "REMOVE #lease_until", OURS, { owner }).catch(() => undefined);
    throw error;
  }
}

/** Claims the event. `false`: it was completed before. */
async function claim(event: Event, owner: string, remainingMs: number): Promise<boolean> {
  const now = Date.now();
  const facts = {
    state: "in_progress",
    owner,
    lease_until: now + remainingMs + 1_000, // clocks differ
    type: event.type,
    expires_at: Math.floor(now / 1_000) + TTL_S,
  };
  const more = { one: 1, failed: "failed", now };
  try {
    if (event.replayforce === "true") {
      const forced = { ...facts, replayid: event.replayid };
      const free = `${FREE} OR ${DONE_BEFORE_IT}`;
      await update(event, forced, "ADD #attempts :one", free, { ...more, completed: "completed" });
    } else {
      await update(event, facts, "ADD #attempts :one", FREE, more);
    }
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    if (error.Item?.state?.S === "completed") return false;
    // It is ours if the first answer was lost and the SDK asked again.
    if (error.Item?.owner?.S !== owner) throw new Retry("another delivery of it is in work");
  }
  return true;
}

/** Names go by alias, as some of them are reserved words of DynamoDB: `#name` is `name`, and `:name` its value. */
async function update(event: Event, facts: Facts, also: string, condition: string, more: Facts): Promise<void> {
  const all = { ...facts, at: new Date().toISOString() };
  const assignments = Object.keys(all).map((name) => `#${name} = :${name}`);
  const expression = `SET ${assignments.join(", ")} ${also}`;
  const aliases = `${expression} ${condition}`.match(/#\w+/g) ?? [];
  const values = Object.entries({ ...all, ...more }).map(([name, value]) => [
    `:${name}`,
    typeof value === "number" ? { N: String(value) } : { S: value },
  ]);
  await dynamodb.send(
    new UpdateItemCommand({
      TableName: TABLE,
      Key: { ref: { S: event.ref }, processor: { S: PROCESSOR } },
      UpdateExpression: expression,
      ConditionExpression: condition,
      ExpressionAttributeNames: Object.fromEntries(aliases.map((alias) => [alias, alias.slice(1)])),
      ExpressionAttributeValues: Object.fromEntries(values),
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    }),
  );
}

function setting(name: string): string {
  const value = process.env[name];
  if (!value) throw new Error(`the environment lacks ${name}`);
  return value;
}
