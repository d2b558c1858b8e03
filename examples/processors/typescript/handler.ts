/** A processor in TypeScript that takes note of every event: put your work in place of `summarise`. */
import { type Event, processor } from "coatcheck-processor";

/** What it returns is kept in the event's record. Throw `Retry` or `Reject` if you are not done with the event. */
export async function summarise(event: Event): Promise<string> {
  const payload = await event.payload();
  return `${event.type} ${payload.length} bytes`;
}

export const handler = processor(summarise);
