import { type SQSClient } from "@aws-sdk/client-sqs";
import type { Log } from "./log.js";
import { type EventReport } from "./report.js";
/** No retry helps an event that is rejected: it goes into its dead-letter queue at once. */
export declare class DeadLetterQueues {
    #private;
    /** The queues of the stack, by the names that Terraform gives them. */
    constructor(sqs: Pick<SQSClient, "send">, stack: string, processor: string, log: Log);
    /**
     * Puts each rejected event whole into its queue and marks it, so that the answer leaves it out.
     *
     * First the queue, then the answer: a crash in between makes two messages of one, and loses none. An event that cannot be
     * put there stays a failure. In order, the pipe delivers all events from the first retried one again, so those behind it
     * wait for it. Half of the time left is for the answer.
     */
    giveUp(reports: EventReport[], inOrder: boolean, leftMs: number): Promise<void>;
}
