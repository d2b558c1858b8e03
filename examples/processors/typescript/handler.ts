/**
 * A processor in TypeScript that takes note of every event: put your work in place of `summarise`.
 * Contract: docs/processors.md.
 */
import { createHash } from "node:crypto";
import { GetObjectCommand, NoSuchKey, S3Client } from "@aws-sdk/client-s3";
import { type Context, type Event, Reject, verdict } from "./event";
import { once } from "./processed";

const s3 = new S3Client({});

export async function handler(events: Event[], context: Context) {
  const failed: Event[] = [];
  for (const event of events) {
    if (!(await handleOne(event, context))) failed.push(event);
  }
  return { batchItemFailures: failed.map((event) => ({ itemIdentifier: event.deliveryid })) };
}

/** `false`: it has to come again. Throws nothing, so that the other events go on. */
async function handleOne(event: Event, context: Context): Promise<boolean> {
  try {
    const outcome = await once(event, context, async () => summarise(event, await redeem(event)));
    log("INFO", outcome === "processed" ? outcome : "done before: skipped", event);
    return true;
  } catch (error) {
    const { failure, reason } = verdict(error);
    if (failure === "Reject") log("ERROR", "rejected", event, { reason });
    else log("WARN", "to be retried", event, { reason });
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

/** One line for each event, without anything of its payload. `console.log` would put a prefix before it. */
function log(level: string, message: string, event: Event, more: object = {}) {
  const { ref, type, traceparent } = event;
  process.stdout.write(`${JSON.stringify({ level, message, ref, type, traceparent, ...more })}\n`);
}
