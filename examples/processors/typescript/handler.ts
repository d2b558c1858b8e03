/**
 * A processor in TypeScript that records every event: replace `summarise` with your work.
 * Contract: docs/processors.md.
 */
import { createHash } from "node:crypto";
import { GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type Context, type Event, Reject, Retry, verdict } from "./event";
import { once } from "./processed";

const s3 = new S3Client({});
// Checked at the end of an event's time: a slow answer is better than none.
const sqs = new SQSClient({ maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000 } });

export async function handler(events: Event[], context: Context) {
  const failed: Event[] = [];
  for (const event of events) {
    if (!(await handleOne(event, context))) failed.push(event);
  }
  return { batchItemFailures: failed.map((event) => ({ itemIdentifier: event.deliveryid })) };
}

/**
 * `false`: it must come again. Never throws, so that the other events continue. A rejected event
 * goes into the dead-letter queue at once, since no retry helps. Only if that fails does it come
 * again.
 */
async function handleOne(event: Event, context: Context): Promise<boolean> {
  try {
    const outcome = await once(event, context, async () => summarise(event, await redeem(event)));
    log("INFO", outcome === "processed" ? outcome : "done before: skipped", event);
    return true;
  } catch (error) {
    const { failure, reason } = verdict(error);
    if (failure === "Reject") log("ERROR", "rejected", event, { reason });
    else log("WARN", "to be retried", event, { reason });
    return failure === "Reject" && (await giveUp(event));
  }
}

/** Whether the event is in the dead-letter queue of the subscription that delivered it. */
async function giveUp(event: Event): Promise<boolean> {
  try {
    if (!event.subscription) throw new Retry("the event does not say which subscription delivers it");
    const QueueName = `${process.env["STACK"]}-${event.subscription}-dlq`;
    const { QueueUrl } = await sqs.send(new GetQueueUrlCommand({ QueueName }));
    await sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: JSON.stringify(event) }));
    return true;
  } catch (error) {
    const { reason } = verdict(error);
    log("WARN", "could not be given up at once: its tries are used up first", event, { reason });
    return false;
  }
}

/** The provider's bytes, if they are still there and the ones that were stored. */
async function redeem(event: Event): Promise<Uint8Array> {
  const [, bucket, key] = /^s3:\/\/([^/]+)\/(.+)$/s.exec(event.dataref) ?? [];
  if (!bucket || !key) throw new Reject("the event has no usable attribute `dataref`");
  const stored = await s3.send(new GetObjectCommand({ Bucket: bucket, Key: key })).catch((error) => {
    throw error instanceof NoSuchKey ? new Reject("payload_missing: the payload is not in the bucket") : error;
  });
  const payload = (await stored.Body?.transformToByteArray()) ?? new Uint8Array();
  const [size, claimed] = [payload.length, Number(event.datasize)];
  if (size !== claimed) throw new Reject(`payload_size: the payload has ${size} bytes, its pointer says ${claimed}`);
  if (createHash("sha256").update(payload).digest("hex") !== event.datasha256) {
    throw new Reject("payload_digest: the payload does not have its pointer's SHA-256");
  }
  return payload;
}

function summarise(event: Event, payload: Uint8Array): string {
  return `${event.type} ${payload.length} bytes`;
}

/** One line for each event, with nothing of its payload. `console.log` would put a prefix before
/** it. */
function log(level: string, message: string, event: Event, more: object = {}) {
  const { ref, type, traceparent } = event;
  process.stdout.write(`${JSON.stringify({ level, message, ref, type, traceparent, ...more })}\n`);
}
