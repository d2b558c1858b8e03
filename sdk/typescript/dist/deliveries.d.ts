import { Event, type Redeem } from "./event.js";
import { Reject } from "./failures.js";
/** The event as it was delivered, for its dead-letter queue. */
export interface DeadLetter {
    /** The subscription that delivered it; undefined: the processor's own queue did. */
    readonly subscription?: string;
    readonly body: string;
}
/** One event as it was delivered. */
export interface Delivery {
    /** What an answer must name to get it again; undefined: the sender left it out. */
    readonly identifier: string | undefined;
    readonly event: Event | Reject;
    /** Undefined: its dead-letter queue is unknown. */
    readonly deadLetter: DeadLetter | undefined;
}
/** The three shapes in which a function gets events: a pipe's array, one event, the messages of its own queue. */
export declare function read(value: unknown, redeem: Redeem): Delivery[];
