import type { Delivery } from "./deliveries.js";
import { orderOfGroup } from "./event.js";
import { Failure, Nameless, Reject, Retry } from "./failures.js";
import { type EventReport, isRetried } from "./report.js";
import type { Time, Work } from "./work.js";

/**
 * Handles all events of an invocation, each alone. Those of one ordering key come one after the other, others at the same
 * time. The reports have the order of the batch.
 */
export async function processBatch(
  work: Work,
  deliveries: Delivery[],
  time: Time,
  { atOnce, keepOrder }: { atOnce: number; keepOrder: boolean },
): Promise<EventReport[]> {
  const rows = new Map<unknown, Delivery[]>();
  for (const delivery of deliveries) {
    // One that cannot be read is in the row of its group, so that it neither overtakes nor is overtaken.
    const unread = delivery.group === undefined ? delivery : orderOfGroup(delivery.group);
    const key = delivery.event instanceof Reject ? unread : delivery.event.ordering;
    rows.set(key, [...(rows.get(key) ?? []), delivery]);
  }
  const reports = new Map<Delivery, EventReport>();
  const waiting = [...rows.values()];
  const worker = async () => {
    for (let row = waiting.shift(); row; row = waiting.shift()) {
      let failed = false;
      for (const delivery of row) {
        const report = await reportOf(work, delivery, failed && keepOrder, time);
        failed ||= report.outcome instanceof Failure;
        reports.set(delivery, report);
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, worker));
  return deliveries.flatMap((delivery) => reports.get(delivery) ?? []);
}

async function reportOf(work: Work, delivery: Delivery, heldBack: boolean, time: Time): Promise<EventReport> {
  const { identifier, event, deadLetter } = delivery;
  if (heldBack) {
    const outcome = new Retry("held back: an earlier event with its ordering key failed");
    return { identifier, event: event instanceof Reject ? undefined : event, outcome, deadLetter, givenUp: false };
  }
  if (event instanceof Reject) {
    work.log.line("ERROR", "rejected", undefined, { delivery: identifier, reason: event.message });
    return { identifier, event: undefined, outcome: event, deadLetter, givenUp: false };
  }
  return { identifier, event, outcome: await work.one(event, time), deadLetter, givenUp: false };
}

/** Which events must be delivered again; the others are done. */
export interface BatchAnswer {
  batchItemFailures: { itemIdentifier: string }[];
}

/**
 * Pipes, and Lambda for queues, read the same shape.
 * https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html
 */
export function batchAnswer(reports: EventReport[]): BatchAnswer {
  const failed = reports.filter((report) => report.outcome instanceof Failure && !report.givenUp);
  const batchItemFailures = failed.flatMap(({ identifier }) => (identifier ? [{ itemIdentifier: identifier }] : []));
  const nameless = failed.length - batchItemFailures.length;
  if (nameless > 0) throw new Nameless(`${nameless} failed events have no deliveryid: fix the pipe's template`);
  return { batchItemFailures };
}

/** What was made of an event by a task. */
export interface TaskAnswer {
  ref: string;
  summary: string;
}

/** A task with a failed event can only fail: with `Retry` if one must be retried. */
export function taskAnswers(reports: EventReport[]): TaskAnswer[] {
  const failed = reports.filter((report) => report.outcome instanceof Failure);
  const worst = failed.find((report) => isRetried(report.outcome)) ?? failed[0];
  if (worst?.outcome instanceof Failure) {
    const [word, Kind] = worst.outcome instanceof Reject ? (["rejected", Reject] as const) : (["to be retried", Retry] as const);
    const first = worst.event?.ref ?? worst.identifier ?? "one without a name";
    const counts = `${failed.length} of ${reports.length} events failed`;
    throw new Kind(`${counts}, the first being ${first}: ${word}: ${worst.outcome.message}`);
  }
  return reports.flatMap(({ event, outcome }) =>
    event && !(outcome instanceof Failure) ? [{ ref: event.ref, summary: outcome.summary }] : [],
  );
}
