import { clock } from "./clock.js";
import type { Event } from "./event.js";
import { Failure, Reject } from "./failures.js";
import type { EventReport, Outcome } from "./report.js";

type Level = "ERROR" | "WARN" | "INFO" | "DEBUG";
const LEVELS: Record<Level, number> = { ERROR: 0, WARN: 1, INFO: 2, DEBUG: 3 };
/** CloudWatch takes so many values of a metric in a line. */
const VALUES_MAX = 100;
const DIMENSION_MAX_BYTES = 1_024;

/** One JSON line for each event, with nothing of its payload, on standard output. */
export class Log {
  readonly #level: number;

  constructor(level: string) {
    this.#level = LEVELS[level.toUpperCase() as Level];
  }

  /** About this event, with its names only. */
  line(level: Level, message: string, event?: Event, more: object = {}): void {
    if (LEVELS[level] > this.#level) return;
    const about = event && {
      ref: event.ref,
      type: event.type,
      delivery: event.deliveryId,
      traceparent: event.traceparent,
      trace_id: event.traceId,
      attempt: event.attempt,
      replay: event.replayId,
    };
    write({ timestamp: new Date(clock.now()).toISOString(), level, message, ...about, ...more });
  }

  /** The line that every event gets. It took so long with the wait for another attempt's lease. */
  outcome(event: Event, outcome: Outcome, tookMs: number): void {
    const took_ms = Math.trunc(tookMs);
    if (outcome instanceof Failure) {
      const reason = outcome.message;
      if (outcome instanceof Reject) this.line("ERROR", "rejected", event, { reason, took_ms });
      else this.line("WARN", "to be retried", event, { reason, took_ms });
    } else if (outcome.state === "processed") {
      const { sha256, size } = event.claim;
      this.line("INFO", "processed", event, { sha256, size, age_ms: outcome.ageMs, took_ms });
    } else {
      this.line("INFO", "done before: skipped", event, { took_ms });
    }
  }
}

/**
 * One line of counts, and for each type the ages of what was processed, in CloudWatch's embedded metric format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export function writeMetrics(stack: string, processor: string, reports: EventReport[]): void {
  const of = { Stack: dimension(stack), Processor: dimension(processor) };
  const counts = { EventsProcessed: 0, EventsSkipped: 0, EventsRetried: 0, EventsRejected: 0 };
  const ages = new Map<string, number[]>();
  for (const { event, outcome } of reports) {
    counts[metric(outcome)] += 1;
    if (event && !(outcome instanceof Failure) && outcome.state === "processed") {
      ages.set(event.type, [...(ages.get(event.type) ?? []), outcome.ageMs]);
    }
  }
  const found = Object.entries(counts).filter(([, count]) => count > 0);
  if (found.length > 0) emit(of, [["Stack"], ["Stack", "Processor"]], Object.fromEntries(found), "Count");
  const sets = [["Stack"], ["Stack", "Processor"], ["Stack", "Processor", "Type"]];
  for (const [type, all] of [...ages].sort(([a], [b]) => (a < b ? -1 : 1))) {
    for (let start = 0; start < all.length; start += VALUES_MAX) {
      const some = all.slice(start, start + VALUES_MAX);
      const EventAge = some.length === 1 ? some[0] : some;
      emit({ ...of, Type: dimension(type) }, sets, { EventAge }, "Milliseconds");
    }
  }
}

function metric(outcome: Outcome) {
  if (outcome instanceof Failure) return outcome instanceof Reject ? "EventsRejected" : "EventsRetried";
  return outcome.state === "processed" ? "EventsProcessed" : "EventsSkipped";
}

function emit(dimensions: object, sets: string[][], values: object, unit: string): void {
  const now = clock.now();
  const Metrics = Object.keys(values).map((Name) => ({ Name, Unit: unit }));
  const about = { Namespace: "Coatcheck", Dimensions: sets, Metrics };
  const _aws = { Timestamp: now, CloudWatchMetrics: [about] };
  write({ ...dimensions, ...values, timestamp: new Date(now).toISOString(), _aws });
}

/** CloudWatch accepts printable ASCII, and no empty text. */
function dimension(value: string): string {
  const named: Record<string, string> = { "\t": "\\t", "\r": "\\r", "\n": "\\n", "'": "\\'", '"': '\\"', "\\": "\\\\" };
  const printable = [...value].map((character) => {
    if (named[character]) return named[character];
    return character >= " " && character <= "~" ? character : `\\u{${character.codePointAt(0)?.toString(16)}}`;
  });
  return printable.join("").slice(0, DIMENSION_MAX_BYTES) || "-";
}

/** `console.log` would put a prefix before it. */
function write(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
