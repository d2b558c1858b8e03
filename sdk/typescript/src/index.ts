/**
 * For processors of Coatcheck: decode events, redeem payloads, handle each event once.
 *
 * ```ts
 * import { type Event, processor, Reject } from "coatcheck-processor";
 *
 * export const handler = processor(async (event: Event) => {
 *   if (event.contentType !== "text/plain") throw new Reject("not text/plain");
 *   const payload = await event.payload();
 *   return `${payload.length} bytes`;
 * });
 * ```
 *
 * Delivery is at least once. An event that is marked as done is not handled again, but an event whose function is killed
 * before the mark is: it must be safe to repeat your effects with the same `event.ref`.
 */
export type { Claim, Event } from "./event.js";
export { Failure, Reject, Retry } from "./failures.js";
export { type LambdaContext, processor, task } from "./function.js";
export { RedeemProblem } from "./payload.js";
export type { Handler } from "./work.js";
