import type { DeadLetter } from "./deliveries.js";
import type { Event } from "./event.js";
import { Failure, Reject } from "./failures.js";

/** Its handler is done with it. */
export interface Processed {
  readonly state: "processed";
  readonly summary: string;
  /** Since the delivery was received. */
  readonly ageMs: number;
}

/** It was done at an earlier delivery. */
export interface DoneBefore {
  readonly state: "done before";
  readonly summary: string;
}

export type Outcome = Processed | DoneBefore | Failure;

/** The result for one event of a batch. */
export interface EventReport {
  /** What an answer must name to get the event again. */
  readonly identifier: string | undefined;
  /** Undefined: it could not be decoded. */
  readonly event: Event | undefined;
  readonly outcome: Outcome;
  readonly deadLetter: DeadLetter | undefined;
  /** It is in the dead-letter queue, so it need not be delivered again. */
  givenUp: boolean;
}

export function isRetried(outcome: Outcome): boolean {
  return outcome instanceof Failure && !(outcome instanceof Reject);
}
