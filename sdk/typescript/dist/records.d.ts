import { type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Event } from "./event.js";
import { type Failure } from "./failures.js";
/** Whether an attempt may begin. */
export type Claimed = {
    readonly state: "ours";
    readonly attempts: number;
} | {
    readonly state: "in_progress";
} | {
    readonly state: "completed";
    readonly summary: string;
};
/**
 * The `processed` table: one item for each event and processor, so that an event happens once.
 *
 * Two deliveries of one event may come at the same time. One conditional write gives the event to one of them, for as long
 * as its invocation can last. If that is killed, another delivery takes the event when the lease is over.
 */
export declare class Records {
    #private;
    constructor(dynamodb: Pick<DynamoDBClient, "send">, table: string, processor: string, ttlS: number);
    /** Claims the lease, if the event is neither done nor held by another attempt. */
    claim(event: Event, owner: string, now: number, leaseUntil: number): Promise<Claimed>;
    /** Marks the event as done. `false`: the lease was lost to another, whose record stays. */
    complete(event: Event, owner: string, now: number, summary: string, ageMs: number): Promise<boolean>;
    /** Marks the attempt as failed and ends its lease. `false`: the lease was lost to another. */
    fail(event: Event, owner: string, now: number, failure: Failure): Promise<boolean>;
}
