//! What else one could build on AWS, at the same prices, and what services charge.

use serde::Deserialize;

use crate::{
    Model, Problem,
    measured::{at, billed_ms},
};

const SERVICES: &str = include_str!("services.json");

/// AWS's sample in Python, by payload bytes: CPU of a warm invocation on one core, measured in one run with `ingest`.
const SAMPLE_CPU_MS: [(f64, f64); 4] = [(1e3, 8.4), (1e5, 12.9), (1e6, 39.0), (4.4e6, 138.0)];
const SAMPLE_MB: f64 = 128.0;

/// The largest message of SQS and the largest event of a bus.
/// <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html>
const MESSAGE_MAX_BYTES: f64 = 1_048_576.0;
const CHUNK_BYTES: f64 = 65_536.0;
const HTTP_REQUEST_BYTES: f64 = 524_288.0;

/// A way to receive webhooks that Coatcheck is not.
#[derive(Debug, Clone, PartialEq)]
pub struct Shape {
    /// What it is.
    pub name: &'static str,
    /// What one does without, in a sentence.
    pub without: &'static str,
    /// Dollars for a million, from the request to where a processor can read it; none if it cannot take such payloads.
    pub per_million: Option<f64>,
}

/// A service's published price.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Service {
    /// Its name and the plan.
    pub name: String,
    /// Dollars of a month.
    pub month: f64,
    /// Events of a month that these include.
    pub included: f64,
    /// Dollars for a million more.
    pub per_million: f64,
    /// Its page.
    pub source: String,
    /// The day on which the page had that.
    pub read_on: String,
    /// What else there is to know.
    pub note: String,
}

impl Service {
    /// Dollars of a month with this many events.
    #[must_use]
    pub fn per_month(&self, events: f64) -> f64 {
        self.month + (events - self.included).max(0.0) / 1e6 * self.per_million
    }
}

/// The services.
///
/// # Errors
/// If the file cannot be read, which a test excludes.
pub fn services() -> Result<Vec<Service>, Problem> {
    #[derive(Deserialize)]
    struct File {
        services: Vec<Service>,
    }
    let file: File = serde_json::from_str(SERVICES).map_err(Problem::Prices)?;
    Ok(file.services)
}

/// The other shapes, for payloads of this size.
///
/// # Errors
/// If the price file lacks a price.
pub fn shapes(model: &Model, size: f64) -> Result<Vec<Shape>, Problem> {
    let price = |name| Ok::<f64, Problem>(model.prices().get(name)?.of_one() * 1e6);
    let http = (size / HTTP_REQUEST_BYTES).ceil() * price("http_request")?;
    let chunks = (size / CHUNK_BYTES).ceil();
    let call = price("lambda_request")?;
    let (waits, gb_s) = (&model.measured().waits_ms, price("lambda_gb_second")?);
    let time = |ms: f64, mb: f64| ms / 1e3 * mb / 1_024.0 * gb_s;
    let logs = 500.0 / 1e9 * price("log_gb")?;

    let wait = waits.s3_put + size / 1e6 * waits.s3_per_mb + 2.0 * waits.dynamodb;
    let ms = billed_ms(at(&SAMPLE_CPU_MS, size), wait, SAMPLE_MB);
    let sample = http
        + call
        + time(ms, SAMPLE_MB)
        + price("s3_put")?
        + price("bus_data_event")?
        + 0.5 * price("dynamodb_read")?
        + 2.0 * price("dynamodb_write")?
        // Lambda traces the first request of each second, and a twentieth of the others.
        + 0.05 * price("xray_trace")?
        + logs;

    // Sent and received at full size, in batches of ten while they fit.
    let received = (chunks.max(size * 10.0 / CHUNK_BYTES / 10.0))
        .ceil()
        .min(chunks);
    let batch = (MESSAGE_MAX_BYTES / size).floor().clamp(1.0, 10.0);
    let queue = http
        + (chunks + received.max(1.0 / batch) + 1.0 / batch) * price("sqs_request")?
        + call / batch
        + time(
            billed_ms(at(&model.measured().cpu_ms.ingest, size), 0.0, 256.0),
            256.0,
        )
        + logs / batch;

    let ms = billed_ms(
        at(&model.measured().cpu_ms.ingest, size),
        waits.dynamodb,
        256.0,
    );
    let bus = http + call + time(ms, 256.0) + chunks * price("bus_event")? + logs;

    let fits = |dollars: f64| (size <= MESSAGE_MAX_BYTES).then_some(dollars);
    Ok(vec![
        Shape {
            name: "AWS's sample (aws-samples/webhooks, receive-webhooks)",
            without: "a conditional write, an authorizer, routing, a sweep, alarms; the event of S3 says that something \
                      arrived. At 4.4 MB it needs 189 MB of memory and has 128",
            per_million: Some(sample),
        },
        Shape {
            name: "queue only: HTTP API to SQS, a function verifies",
            without: "an answer that depends on the signature, a copy beyond 14 days, deduplication, replay",
            per_million: fits(queue),
        },
        Shape {
            name: "bus: HTTP API, a function verifies and puts the body on an EventBridge bus",
            without: "a copy, unless an archive is paid for; deduplication; a way to read what failed before the rule's retries end",
            per_million: fits(bus),
        },
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_service_says_where_and_when_its_price_was_read() {
        for service in services().unwrap() {
            assert!(service.source.starts_with("https://"), "{service:?}");
            assert_eq!(service.read_on.len(), 10, "{service:?}");
        }
        let svix = services()
            .unwrap()
            .into_iter()
            .find(|one| one.name.starts_with("Svix"));
        assert_eq!(svix.unwrap().per_month(1_050_000.0), 590.0);
    }

    #[test]
    fn a_large_payload_fits_no_message() {
        let model = Model::shipped().unwrap();
        let shapes = |size| {
            shapes(&model, size)
                .unwrap()
                .into_iter()
                .map(|one| one.per_million)
        };
        assert!(shapes(1e3).all(|dollars| dollars.is_some_and(|dollars| dollars > 1.0)));
        let large: Vec<bool> = shapes(4.4e6).map(|dollars| dollars.is_some()).collect();
        assert_eq!(large, [true, false, false]);
    }
}
