import { GetQueueUrlCommand, QueueDoesNotExist, SendMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { within } from "./clock.js";
import type { DeadLetter } from "./deliveries.js";
import { Reject, storeFailure } from "./failures.js";
import type { Log } from "./log.js";
import type { EventReport } from "./report.js";

/** The most that it uses of the time that an invocation keeps back for its answer. */
const TO_SEND_MS = 1_500;

/** No retry helps an event that is rejected: it goes into its dead-letter queue at once. */
export class DeadLetterQueues {
  readonly #sqs: Pick<SQSClient, "send">;
  readonly #stack: string;
  readonly #inbox: string;
  readonly #log: Log;
  readonly #urls = new Map<string, string>();

  /** The queues of the stack, by the names that Terraform gives them. */
  constructor(sqs: Pick<SQSClient, "send">, stack: string, processor: string, log: Log) {
    this.#sqs = sqs;
    this.#stack = stack;
    this.#inbox = `${stack}-${processor}-inbox-dlq`;
    this.#log = log;
  }

  /**
   * Puts each rejected event whole into its queue and marks it, so that the answer leaves it out.
   *
   * First the queue, then the answer: a crash in between makes two messages of one, and loses none. An event that cannot be
   * put there stays a failure. In order, an event behind a failed one of its group was held back and not rejected, so each
   * rejected one is the first of its group that failed. Half of the time left is for the answer.
   */
  async giveUp(reports: EventReport[], leftMs: number): Promise<void> {
    const rejected = reports.filter((report) => report.outcome instanceof Reject);
    const toSendMs = Math.min(TO_SEND_MS, leftMs / 2);
    await Promise.all(rejected.map((report) => this.#giveUp(report, toSendMs)));
  }

  async #giveUp(report: EventReport, toSendMs: number): Promise<void> {
    try {
      if (!report.deadLetter) return;
      if ((await within(toSendMs, this.#send(report.deadLetter))) === "over") throw new DOMException("", "TimeoutError");
      report.givenUp = true;
      this.#log.line("INFO", "given up: the rejected event is in the dead-letter queue", report.event);
    } catch (error) {
      const cause = storeFailure("sqs:SendMessage", error).message;
      const message = "the rejected event could not be given up at once: its tries are used up first";
      this.#log.line("WARN", message, report.event, { cause });
    }
  }

  async #send({ subscription, body, group, deduplicationId }: DeadLetter): Promise<void> {
    const name = subscription === undefined ? this.#inbox : `${this.#stack}-${subscription}-dlq`;
    const url = this.#urls.get(name) ?? (await this.#find(name));
    this.#urls.set(name, url);
    const inOrder = url.endsWith(".fifo") ? { MessageGroupId: group, MessageDeduplicationId: deduplicationId } : {};
    try {
      await this.#sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, ...inOrder }));
    } catch (error) {
      // It is looked up again: a subscription that became ordered has another one.
      this.#urls.delete(name);
      throw error;
    }
  }

  /**
   * The queue of this name, or the FIFO queue of it, which an ordered subscription has.
   * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html
   */
  async #find(name: string): Promise<string> {
    const find = async (QueueName: string) => (await this.#sqs.send(new GetQueueUrlCommand({ QueueName }))).QueueUrl ?? "";
    try {
      return await find(name);
    } catch (error) {
      if (error instanceof QueueDoesNotExist) return find(`${name}.fifo`);
      throw error;
    }
  }
}
