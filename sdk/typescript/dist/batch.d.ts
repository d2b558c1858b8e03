import type { Delivery } from "./deliveries.js";
import { type EventReport } from "./report.js";
import type { Time, Work } from "./work.js";
/**
 * Handles all events of an invocation, each alone. Those of one ordering key come one after the other, others at the same
 * time. The reports have the order of the batch.
 */
export declare function processBatch(work: Work, deliveries: Delivery[], time: Time, { atOnce, keepOrder }: {
    atOnce: number;
    keepOrder: boolean;
}): Promise<EventReport[]>;
/** Which events must be delivered again; the others are done. */
export interface BatchAnswer {
    batchItemFailures: {
        itemIdentifier: string;
    }[];
}
/**
 * Pipes, and Lambda for queues, read the same shape.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
 */
export declare function batchAnswer(reports: EventReport[]): BatchAnswer;
/** What was made of an event by a task. */
export interface TaskAnswer {
    ref: string;
    summary: string;
}
/** A task with a failed event can only fail: with `Retry` if one must be retried. */
export declare function taskAnswers(reports: EventReport[]): TaskAnswer[];
