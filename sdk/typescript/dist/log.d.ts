import type { Event } from "./event.js";
import type { EventReport, Outcome } from "./report.js";
type Level = "ERROR" | "WARN" | "INFO" | "DEBUG";
/** One JSON line for each event, with nothing of its payload, on standard output. */
export declare class Log {
    #private;
    constructor(level: string);
    /** About this event, with its names only. */
    line(level: Level, message: string, event?: Event, more?: object): void;
    /** The line that every event gets. */
    outcome(event: Event, outcome: Outcome): void;
}
/**
 * One line of counts, and for each type the ages of what was processed, in CloudWatch's embedded metric format.
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
 */
export declare function writeMetrics(stack: string, processor: string, reports: EventReport[]): void;
export {};
