/** A processor in TypeScript that takes note of every event: put your work in place of `summarise`. */
import { type Event, processor } from "coatcheck-processor";

/** What it returns is kept in the event's record. Throw `Retry` or `Reject` if you are not done with the event. */
export async function summarise(event: Event): Promise<string> {
  const payload = await event.payload();
  const summary = `${event.type} ${payload.length} bytes`;
  // What the endpoint declares under `attributes`, if this delivery had it.
  const customer = event.attribute("customer");
  return customer === undefined ? summary : `${summary} of ${customer}`;
}

export const handler = processor(summarise);
