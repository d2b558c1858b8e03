use std::{process::ExitCode, time::Duration};

use domain::Timestamp;
use lambda_runtime::{LambdaEvent, service_fn};
use runtime::{Settings, SettingsProblem};
use serde_json::Value;
use tracing::error;

use crate::{
    ClaimStore, Handler, ReceiptBook,
    answer::{self, BatchAnswer, InvocationFailure},
    batch::process,
    input::Input,
    panics,
    redeem::with_causes,
    work::Work,
};

type Processor<H> = Work<H, aws::Redemption, aws::Receipts, fn() -> Timestamp>;

/// Runs a processor that a pipe calls, or that reads a queue of its own: answers
/// which events are to be delivered again. Returns only if it cannot start, or
/// cannot go on.
pub async fn run<H: Handler>(handler: H) -> ExitCode {
    let Some(work) = start(handler).await else {
        return ExitCode::FAILURE;
    };
    let work = &work;
    let service = service_fn(move |call: LambdaEvent<Value>| async move {
        answer_batch(work, &call.payload).await
    });
    exit(lambda_runtime::run(service).await)
}

/// Runs a processor that is a task of a workflow: answers `{"ref", "summary"}` for
/// one event, a list of them for a list, and fails with the error `Retry` or
/// `Reject` if an event fails. Returns only if it cannot start, or cannot go on.
pub async fn run_task<H: Handler>(handler: H) -> ExitCode {
    let Some(work) = start(handler).await else {
        return ExitCode::FAILURE;
    };
    let work = &work;
    let service = service_fn(move |call: LambdaEvent<Value>| async move {
        answer_task(work, &call.payload).await
    });
    exit(lambda_runtime::run(service).await)
}

async fn start<H: Handler>(handler: H) -> Option<Processor<H>> {
    runtime::telemetry();
    panics::log_place_only();
    match Config::read(Settings::of_process()) {
        Ok(config) => {
            let sdk = aws::load().await;
            Some(Work {
                handler,
                claims: aws::Redemption::new(&sdk),
                receipts: aws::Receipts::new(&sdk, config.processed_table, config.processor),
                receipt_ttl: config.receipt_ttl,
                now: runtime::now,
            })
        }
        Err(problem) => {
            error!(%problem, "cannot start");
            None
        }
    }
}

fn exit(end: Result<(), lambda_runtime::Error>) -> ExitCode {
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            error!(problem = with_causes(&*problem), "cannot go on");
            ExitCode::FAILURE
        }
    }
}

async fn answer_batch<H, Claims, Receipts, Now>(
    work: &Work<H, Claims, Receipts, Now>,
    input: &Value,
) -> Result<BatchAnswer, InvocationFailure>
where
    H: Handler,
    Claims: ClaimStore,
    Receipts: ReceiptBook,
    Now: Fn() -> Timestamp,
{
    let delivered = Input::decode(input)?.into_all();
    BatchAnswer::of(process(work, delivered).await)
}

async fn answer_task<H, Claims, Receipts, Now>(
    work: &Work<H, Claims, Receipts, Now>,
    input: &Value,
) -> Result<Value, InvocationFailure>
where
    H: Handler,
    Claims: ClaimStore,
    Receipts: ReceiptBook,
    Now: Fn() -> Timestamp,
{
    let input = Input::decode(input)?;
    let alone = matches!(input, Input::One(_));
    let mut summaries = answer::task(&process(work, input.into_all()).await)?;
    Ok(match summaries.pop() {
        Some(summary) if alone => summary,
        last => {
            summaries.extend(last);
            Value::Array(summaries)
        }
    })
}

#[derive(Debug, PartialEq, Eq)]
struct Config {
    processed_table: String,
    processor: String,
    receipt_ttl: Duration,
}

impl Config {
    fn read<R: Fn(&str) -> Option<String>>(
        mut settings: Settings<R>,
    ) -> Result<Self, SettingsProblem> {
        let config = Self {
            processed_table: settings.text("PROCESSED_TABLE"),
            processor: settings.text("PROCESSOR"),
            receipt_ttl: Duration::from_hours(
                24 * u64::from(settings.number("PROCESSED_TTL_DAYS", 1..=3650)),
            ),
        };
        settings.done().map(|()| config)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{
        Failure, Outcome,
        fakes::{Book, Shelf, at, cloud_event, handler, queue_message},
    };

    /// Rejects the event `bad`.
    fn work() -> Work<impl Handler, Shelf, Book, fn() -> Timestamp> {
        let mut claims = Shelf::new();
        for id in ["good", "bad"] {
            claims.put(id, b"a payload");
        }
        Work {
            handler: handler(|event, payload| match event.id() {
                "bad" => Err(Failure::reject("never")),
                _ => Ok(Outcome::done(format!("{} bytes", payload.len()))),
            }),
            claims,
            receipts: Book::default(),
            receipt_ttl: Duration::from_hours(24),
            now: || at("2026-11-21T21:00:00Z"),
        }
    }

    fn event(id: &str) -> Value {
        cloud_event(id, b"a payload")
    }

    async fn batch(input: Value) -> Value {
        serde_json::to_value(answer_batch(&work(), &input).await.unwrap()).unwrap()
    }

    #[tokio::test]
    async fn a_pipe_is_told_the_delivery_ids_of_what_failed() {
        assert_eq!(
            batch(json!([event("good"), event("bad")])).await,
            json!({"batchItemFailures": [{"itemIdentifier": "delivery-of-bad"}]})
        );
        assert_eq!(batch(json!([])).await, json!({"batchItemFailures": []}));
        assert_eq!(
            batch(event("bad")).await,
            json!({"batchItemFailures": [{"itemIdentifier": "delivery-of-bad"}]})
        );
    }

    #[tokio::test]
    async fn a_queue_is_told_the_message_ids_of_what_failed() {
        let input = json!({"Records": [
            queue_message("m1", &event("good")),
            queue_message("m2", &event("bad")),
            {"messageId": "m3", "body": "no json"},
        ]});
        assert_eq!(
            batch(input).await,
            json!({"batchItemFailures": [{"itemIdentifier": "m2"}, {"itemIdentifier": "m3"}]})
        );
    }

    #[tokio::test]
    async fn a_workflow_is_told_what_was_made_of_an_event() {
        let done = json!({"ref": "stripe/good", "summary": "9 bytes"});
        let answer = |input| async move { answer_task(&work(), &input).await };
        assert_eq!(answer(event("good")).await.unwrap(), done);
        assert_eq!(answer(json!([event("good")])).await.unwrap(), json!([done]));
        assert_eq!(answer(json!([])).await.unwrap(), json!([]));
        assert!(answer(json!([event("good"), event("bad")])).await.is_err());
    }

    #[tokio::test]
    async fn an_input_of_no_known_shape_fails_the_invocation() {
        assert!(answer_batch(&work(), &json!("x")).await.is_err());
        assert!(answer_task(&work(), &json!("x")).await.is_err());
    }

    #[test]
    fn the_settings_are_as_documented() {
        let set = |name: &str| match name {
            "PROCESSED_TABLE" => Some("coatcheck-processed".to_owned()),
            "PROCESSOR" => Some("invoices".to_owned()),
            "PROCESSED_TTL_DAYS" => Some("90".to_owned()),
            _ => None,
        };
        assert_eq!(
            Config::read(Settings::new(set)).unwrap(),
            Config {
                processed_table: "coatcheck-processed".to_owned(),
                processor: "invoices".to_owned(),
                receipt_ttl: Duration::from_hours(90 * 24),
            }
        );
        let problem = Config::read(Settings::new(|_: &str| None))
            .unwrap_err()
            .to_string();
        for name in ["PROCESSED_TABLE", "PROCESSOR", "PROCESSED_TTL_DAYS"] {
            assert!(problem.contains(name), "{problem}");
        }
    }
}
