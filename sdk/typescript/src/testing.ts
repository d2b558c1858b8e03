/** Events for the tests of your handler. */
import { createHash } from "node:crypto";
import { Event } from "./event.js";

/**
 * An event of this type with this payload: `example/1`, of the endpoint `example`, in JSON. `attributes` replaces or adds
 * CloudEvents attributes: `event("push", "{}", { subject: "main" })`.
 */
export function event(type: string, payload: string | Uint8Array, attributes: Record<string, string> = {}): Event {
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
    datasha256: createHash("sha256").update(bytes).digest("hex"),
    datasize: String(bytes.length),
    ref: "example/1",
    receivedat: "2026-11-21T20:59:57.414Z",
    traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    replayid: "",
    replayforce: "false",
    partitionkey: "32ca689566a46ad60dc39f14e3667e36",
    deliveryid: "delivery-of-1",
    ...attributes,
  };
  return new Event(value, async () => bytes);
}
