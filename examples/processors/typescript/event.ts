/** What a processor gets of an event. Every value is a string: docs/processors.md. */
export interface Event {
  ref: string;
  type: string;
  dataref: string;
  datasha256: string;
  datasize: string;
  receivedat: string;
  traceparent: string;
  /** Empty for an event that the provider delivered. */
  replayid: string;
  /** Who delivers it. Absent in the message of an inbox. */
  subscription?: string;
  /** `true`: process the event again even if it is done, once for each `replayid`. */
  replayforce: string;
  deliveryid: string;
}

/** The part of Lambda's context that is used here. */
export interface Context {
  getRemainingTimeInMillis(): number;
}

/** It may work later. The text is logged and recorded: keep the payload out of it. */
export class Retry extends Error {}

/** It will never work. The text is logged and recorded: keep the payload out of it. */
export class Reject extends Error {}

/** What to call it, and why. The text of an error that is not ours might show the payload. */
export function verdict(error: unknown): { failure: "Retry" | "Reject"; reason: string } {
  if (error instanceof Reject) return { failure: "Reject", reason: error.message };
  if (error instanceof Retry) return { failure: "Retry", reason: error.message };
  return { failure: "Retry", reason: error instanceof Error ? error.name : "unknown" };
}
