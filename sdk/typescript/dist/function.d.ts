import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type BatchAnswer, type TaskAnswer } from "./batch.js";
import { type Handler } from "./work.js";
/** What is used of Lambda's context. */
export interface LambdaContext {
    /** Until Lambda ends the invocation. */
    getRemainingTimeInMillis(): number;
}
/** The services that a processor calls. */
export interface Clients {
    readonly s3: Pick<S3Client, "send">;
    readonly dynamodb: Pick<DynamoDBClient, "send">;
    readonly sqs: Pick<SQSClient, "send">;
}
/**
 * A function that a pipe calls, or that reads its own queue: it answers which events must be delivered again. What the
 * handler rejects is in the dead-letter queue at once, if the function knows the queue and may send to it.
 */
export declare function processor(handle: Handler): (input: unknown, context: LambdaContext) => Promise<BatchAnswer>;
/**
 * A task of a workflow: it answers `{ref, summary}` for one event, a list of them for a list. It fails with the error
 * `Retry` or `Reject` if an event fails.
 */
export declare function task(handle: Handler): (input: unknown, context: LambdaContext) => Promise<TaskAnswer | TaskAnswer[]>;
