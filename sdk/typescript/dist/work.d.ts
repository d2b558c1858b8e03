import type { Event } from "./event.js";
import type { Log } from "./log.js";
import type { Records } from "./records.js";
import type { Outcome } from "./report.js";
/** Handles one event. What it returns is a line for people, kept in the event's record. */
export type Handler = (event: Event) => Promise<string | void>;
/** The time of one invocation. */
export declare class Time {
    /** When every handler must be done, by `clock.elapsed`. */
    readonly handlersEnd: number;
    /** When Lambda ends the invocation, in milliseconds of the epoch: no handler survives this. */
    readonly endsAt: number;
    constructor(leftMs: number);
    /** When an event that begins now must be done; undefined: no time is left. */
    ofEvent(atMostMs: number | undefined): number | undefined;
}
/** A processor's tools. */
export declare class Work {
    #private;
    readonly handle: Handler;
    /** Undefined: the handler itself deals with repeated deliveries. */
    readonly records: Records | undefined;
    readonly eventTimeoutMs: number | undefined;
    readonly log: Log;
    constructor(handle: Handler, 
    /** Undefined: the handler itself deals with repeated deliveries. */
    records: Records | undefined, eventTimeoutMs: number | undefined, log: Log);
    /** Handles one event. Without its mark an event is not done: it is delivered again. Throws nothing. */
    one(event: Event, time: Time): Promise<Outcome>;
}
