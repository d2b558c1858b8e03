import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type BatchAnswer, batchAnswer, processBatch, type TaskAnswer, taskAnswers } from "./batch.js";
import { clock } from "./clock.js";
import { DeadLetterQueues } from "./dead-letters.js";
import { read } from "./deliveries.js";
import { isObject } from "./event.js";
import { Log, writeMetrics } from "./log.js";
import { redeem } from "./payload.js";
import { Records } from "./records.js";
import type { EventReport } from "./report.js";
import { readSettings, type Settings } from "./settings.js";
import { type Handler, Time, Work } from "./work.js";

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
export function processor(handle: Handler) {
  const runner = lazily(handle, true);
  return async (input: unknown, context: LambdaContext): Promise<BatchAnswer> =>
    batchAnswer(await runner()(input, context));
}

/**
 * A task of a workflow: it answers `{ref, summary}` for one event, a list of them for a list. It fails with the error
 * `Retry` or `Reject` if an event fails.
 */
export function task(handle: Handler) {
  const runner = lazily(handle, false);
  return async (input: unknown, context: LambdaContext): Promise<TaskAnswer | TaskAnswer[]> =>
    taskAnswer(input, await runner()(input, context));
}

/** @internal */
export function taskAnswer(input: unknown, reports: EventReport[]): TaskAnswer | TaskAnswer[] {
  const answers = taskAnswers(reports);
  const [only] = answers;
  return only && isObject(input) && !("Records" in input) ? only : answers;
}

/** Settings are read and clients made at the first call, so that a test can import your handler without either. */
function lazily(handle: Handler, givesUp: boolean) {
  let ready: ReturnType<typeof run> | undefined;
  return () => {
    ready ??= run(handle, givesUp, readSettings(process.env), clients());
    return ready;
  };
}

function clients(): Clients {
  // A stuck connection must end before the invocation does.
  const patient = { maxAttempts: 3, requestHandler: { connectionTimeout: 2_000, requestTimeout: 4_000 } };
  // Called at the end of an invocation: a slow answer is better than none.
  const hurried = { maxAttempts: 2, requestHandler: { connectionTimeout: 1_000, requestTimeout: 1_000 } };
  return { s3: new S3Client(patient), dynamodb: new DynamoDBClient(patient), sqs: new SQSClient(hurried) };
}

/** @internal A processor with everything that it needs: the result for each event of an input. */
export function run(handle: Handler, givesUp: boolean, settings: Settings, { s3, dynamodb, sqs }: Clients) {
  const { stack, processor: name, table } = settings;
  const log = new Log(settings.logLevel);
  const records = table === undefined ? undefined : new Records(dynamodb, table, name, settings.ttlS);
  const work = new Work(handle, records, settings.claims, settings.eventTimeoutMs, log);
  const queues = new DeadLetterQueues(sqs, stack, name, log);
  return async (input: unknown, context: LambdaContext): Promise<EventReport[]> => {
    const leftMs = context.getRemainingTimeInMillis();
    const ends = clock.elapsed() + leftMs;
    const deliveries = read(input, (claim) => redeem(s3, claim));
    const reports = await processBatch(work, deliveries, new Time(leftMs), settings);
    if (givesUp) await queues.giveUp(reports, ends - clock.elapsed());
    writeMetrics(stack, name, reports);
    return reports;
  };
}
