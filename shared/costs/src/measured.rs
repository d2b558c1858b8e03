use serde::Deserialize;

use crate::Problem;

const MEASURED: &str = include_str!("measured.json");

/// A Lambda function with this much memory has one whole vCPU, one with less has its share.
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>
const WHOLE_CPU_MB: f64 = 1769.0;

/// Values by payload bytes, the smallest first.
type Curve = Vec<(f64, f64)>;

/// What the model knows of the programs, as `measured.json` has it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Measured {
    /// What it is for.
    pub about: String,
    /// The day of the measurements.
    pub measured_on: String,
    /// Processor time.
    pub cpu_ms: CpuMs,
    /// Time in which a function waits, and pays.
    pub waits_ms: WaitsMs,
    /// Sizes.
    pub bytes: Bytes,
    /// How many things of a kind a stack has.
    pub counts: Counts,
}

/// Milliseconds of a whole core for one warm invocation, by payload bytes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CpuMs {
    /// Where they are from.
    pub how: String,
    /// Of `ingest`.
    pub ingest: Curve,
    /// Of `admit`.
    pub admit: Curve,
    /// Of the authorizer.
    pub authorizer: Curve,
    /// Of the SDK in a processor, for one event of a batch.
    pub processor_event: Curve,
}

/// Milliseconds that a call takes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WaitsMs {
    /// Where they are from.
    pub how: String,
    /// S3 `PutObject`, of few bytes.
    pub s3_put: f64,
    /// The first byte of S3 `GetObject`.
    pub s3_get: f64,
    /// More for each megabyte, either way.
    pub s3_per_mb: f64,
    /// A write to `DynamoDB`.
    pub dynamodb: f64,
}

/// Sizes in bytes.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bytes {
    /// Where they are from.
    pub how: String,
    /// The pointer of a payload in S3.
    pub pointer: f64,
    /// The pointer of an inline payload, without the payload: it has no place in S3, but the headers of its delivery.
    pub inline_pointer: f64,
    /// Its entry in the by-time index.
    pub index_entry: f64,
    /// A key by which an attribute is found: in the pointer, and in the entry of the index.
    pub find_key: f64,
    /// The event that travels, without an inline payload.
    pub event: f64,
    /// What `ingest` or `admit` logs for an accepted delivery.
    pub log_delivery: f64,
    /// A line of the API's access log.
    pub log_access: f64,
    /// What the functions log for a request that is refused.
    pub log_refused: f64,
    /// What a processor logs for an event that it processed.
    pub log_processor_event: f64,
    /// What it logs besides for a batch.
    pub log_processor_batch: f64,
    /// What Lambda itself logs for an invocation that succeeds.
    pub log_platform: f64,
    /// What CloudWatch Logs adds to each line.
    pub log_line_overhead: f64,
}

/// How many things of a kind a stack has.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Where they are from.
    pub how: String,
    /// Alarms without subscriptions.
    pub alarms_of_stack: f64,
    /// Alarms of a subscription and its processor.
    pub alarms_per_subscription: f64,
    /// Metrics without endpoints and subscriptions.
    pub metrics_of_stack: f64,
    /// Metrics of an endpoint.
    pub metrics_per_endpoint: f64,
    /// Metrics of a subscription and its processor.
    pub metrics_per_subscription: f64,
    /// Listings of the sweep in a month.
    pub lists: f64,
    /// Receives of a queue in which nothing is, in a month.
    pub receives_per_queue: f64,
    /// Queues that are polled without subscriptions.
    pub queues_of_stack: f64,
    /// Runs of scheduled functions in a month.
    pub scheduled_runs: f64,
    /// What they take together.
    pub scheduled_gb_s: f64,
}

impl Measured {
    /// What comes with Coatcheck.
    ///
    /// # Errors
    /// If the file is not as [`Measured`] says, which a test excludes.
    pub fn shipped() -> Result<Self, Problem> {
        serde_json::from_str(MEASURED).map_err(Problem::Measured)
    }
}

/// The value at this size: on the line between the two measured next to it, and beyond the ends
/// on the line through the last two, never below the smallest.
pub(crate) fn at(curve: &[(f64, f64)], size: f64) -> f64 {
    let on_line =
        |(x0, y0): (f64, f64), (x1, y1): (f64, f64)| y0 + (y1 - y0) * (size - x0) / (x1 - x0);
    match curve {
        [] => 0.0,
        [(_, only)] => *only,
        [(first, smallest), ..] if size <= *first => *smallest,
        all => {
            let pairs = all.iter().zip(all.iter().skip(1));
            let mut value = 0.0;
            for (low, high) in pairs {
                value = on_line(*low, *high);
                if size <= high.0 {
                    break;
                }
            }
            value
        }
    }
}

/// What Lambda bills for an invocation: waiting, and the processor time at this memory's share
/// of a core, rounded up to a millisecond.
pub(crate) fn billed_ms(cpu_ms: f64, wait_ms: f64, memory_mb: f64) -> f64 {
    let share = (memory_mb / WHOLE_CPU_MB).min(1.0);
    (wait_ms + cpu_ms / share).ceil()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shipped_file_is_sound() {
        let measured = Measured::shipped().unwrap();
        let cpu = &measured.cpu_ms;
        for curve in [
            &cpu.ingest,
            &cpu.admit,
            &cpu.authorizer,
            &cpu.processor_event,
        ] {
            assert!(
                curve.is_sorted_by(|a, b| a.0 < b.0 && a.1 <= b.1),
                "{curve:?}"
            );
            assert!(!curve.is_empty());
        }
    }

    #[test]
    fn a_curve_is_read_between_and_beyond_its_points() {
        let curve = [(1_000.0, 1.0), (2_000.0, 3.0), (4_000.0, 7.0)];
        for (size, value) in [
            (10.0, 1.0),
            (1_000.0, 1.0),
            (1_500.0, 2.0),
            (3_000.0, 5.0),
            (8_000.0, 15.0),
        ] {
            assert_eq!(at(&curve, size), value, "{size}");
        }
        assert_eq!(at(&[(0.0, 2.0)], 5.0), 2.0);
        assert_eq!(at(&[], 5.0), 0.0);
    }

    #[test]
    fn less_memory_is_a_smaller_share_of_a_core() {
        assert_eq!(billed_ms(1.0, 10.0, 1_769.0), 11.0);
        assert_eq!(billed_ms(1.0, 10.0, 3_000.0), 11.0);
        assert_eq!(billed_ms(1.0, 10.0, 884.5), 12.0);
        assert_eq!(billed_ms(0.1, 0.0, 1_769.0), 1.0);
    }
}
