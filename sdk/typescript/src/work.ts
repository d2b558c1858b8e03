import { randomUUID } from "node:crypto";
import { clock, pause, within } from "./clock.js";
import type { Event } from "./event.js";
import { failureOf, type Failure, Retry, StillRunning } from "./failures.js";
import type { Log } from "./log.js";
import type { Records } from "./records.js";
import type { Outcome } from "./report.js";

/** Handles one event. What it returns is a line for people, kept in the event's record. */
export type Handler = (event: Event) => Promise<string | void>;

const SUMMARY_MAX_BYTES = 1_024;
/** Kept back from an invocation's end: time to report the results for its events. */
const TO_ANSWER_MS = 2_000;
/** The wait between two checks of a lease that another attempt holds. */
const LEASE_POLL_MS = 500;
/** Time for a handler to notice that its time is over. */
const TO_STOP_MS = 100;
const LEASE_LOST = "its time was over: another delivery of it has taken the lease";

/** The time of one invocation. */
export class Time {
  /** When every handler must be done, by `clock.elapsed`. */
  readonly handlersEnd: number;
  /** When Lambda ends the invocation, in milliseconds of the epoch: no handler survives this. */
  readonly endsAt: number;

  constructor(leftMs: number) {
    const left = Math.max(0, leftMs);
    this.handlersEnd = clock.elapsed() + left - Math.min(TO_ANSWER_MS, left / 4);
    this.endsAt = clock.now() + leftMs;
  }

  /** When an event that begins now must be done; undefined: no time is left. */
  ofEvent(atMostMs: number | undefined): number | undefined {
    const now = clock.elapsed();
    const end = Math.min(this.handlersEnd, now + (atMostMs ?? Number.POSITIVE_INFINITY));
    return now < end ? end : undefined;
  }
}

/** A processor's tools. */
export class Work {
  constructor(
    readonly handle: Handler,
    /** Undefined: the handler itself deals with repeated deliveries. */
    readonly records: Records | undefined,
    /** Otherwise the mark is the only write: for handlers that may run again. */
    readonly claims: boolean,
    readonly eventTimeoutMs: number | undefined,
    readonly log: Log,
  ) {}

  /** Handles one event. Without its mark an event is not done: it is delivered again. Throws nothing. */
  async one(event: Event, time: Time): Promise<Outcome> {
    const began = clock.elapsed();
    const outcome = await this.#steps(event, time).catch(failureOf);
    this.log.outcome(event, outcome, clock.elapsed() - began);
    return outcome;
  }

  async #steps(event: Event, time: Time): Promise<Outcome> {
    if (time.ofEvent(this.eventTimeoutMs) === undefined) throw noTime();
    const owner = randomUUID();
    if (this.records && this.claims) {
      const claimed = await this.#claim(this.records, event, owner, time);
      if (claimed.state === "completed") return { state: "done before", summary: claimed.summary };
      event.attempt = claimed.attempts;
    }
    let summary: string;
    try {
      // Its own time begins here: until now it waited for others.
      const end = time.ofEvent(this.eventTimeoutMs);
      if (end === undefined) throw noTime();
      summary = await this.#call(event, end);
    } catch (error) {
      const failure = failureOf(error);
      if (!(failure instanceof StillRunning)) await this.#failed(event, owner, failure);
      throw failure;
    }
    const now = clock.now();
    const ageMs = Math.max(0, now - event.receivedAt.getTime());
    if (this.records && !this.claims) {
      if (!(await this.records.mark(event, owner, now, summary, ageMs))) {
        this.log.line("WARN", "it was processed before: its handler ran again", event);
      }
    } else if (this.records && !(await this.records.complete(event, owner, now, summary, ageMs))) {
      this.log.line("WARN", LEASE_LOST, event);
    }
    return { state: "processed", summary, ageMs };
  }

  /**
   * Waits for another attempt's lease while there is time. To fail at once would use up the tries of an event whose first
   * processor was killed.
   */
  async #claim(records: Records, event: Event, owner: string, time: Time) {
    for (;;) {
      const claimed = await records.claim(event, owner, clock.now(), time.endsAt);
      if (claimed.state !== "in_progress") return claimed;
      if (clock.elapsed() + LEASE_POLL_MS >= time.handlersEnd) throw new Retry("another delivery of it is in work");
      await pause(LEASE_POLL_MS);
    }
  }

  /** A handler that never ends does not stop the other events, unless it never awaits. */
  async #call(event: Event, end: number): Promise<string> {
    // A handler that throws at once fails as one that rejects.
    const called = Promise.resolve(event).then(this.handle);
    const ended = await within(end - clock.elapsed(), called.then(() => "done" as const));
    if (ended === "over") {
      event.end();
      const settled = called.then(() => "done" as const, () => "done" as const);
      if ((await within(TO_STOP_MS, settled)) === "done") throw new Retry("the handler took longer than the event's time");
      throw new StillRunning("the handler took longer than the event's time, and does not stop");
    }
    if (event.redemption) throw event.redemption;
    return cut((await called) ?? "");
  }

  /** Without this mark the lease ends by itself. */
  async #failed(event: Event, owner: string, failure: Failure): Promise<void> {
    if (!this.claims) return;
    try {
      const held = (await this.records?.fail(event, owner, clock.now(), failure)) ?? true;
      if (!held) this.log.line("WARN", LEASE_LOST, event);
    } catch (problem) {
      this.log.line("WARN", "the failure is not on record", event, { cause: failureOf(problem).message });
    }
  }
}

function noTime(): Retry {
  return new Retry("the invocation had no time left for it");
}

/** Between characters. */
function cut(summary: string): string {
  const bytes = Buffer.from(summary).subarray(0, SUMMARY_MAX_BYTES);
  return new TextDecoder().decode(bytes, { stream: true });
}
