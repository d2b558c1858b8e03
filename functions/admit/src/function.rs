//! Judges what S3 announces: one object per message, one message per invocation.

use std::time::Duration;

use aws::{Endpoints, Incoming, Pointers, Queue, Sdk, Secrets};
use domain::{SchemaJudge, causes};
use intake::DeliveryLog;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use runtime::{BatchResponse, Settings, SqsBatch, SqsRecord};
use tracing::{Instrument, error, info_span};

use crate::{Admit, Admitted, Undone, notice};

/// Runs the function; what judges payloads by schemas is made of the name of the endpoints' table.
///
/// # Errors
/// If a setting is missing or the Runtime API does not answer.
pub async fn run<J: SchemaJudge + Sync>(
    schemas: impl FnOnce(&Sdk, &str) -> J,
) -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let stack = settings.text("STACK");
    let bucket = settings.text("PAYLOADS_BUCKET");
    let endpoints = settings.text("ENDPOINTS_TABLE");
    let events = settings.text("EVENTS_TABLE");
    let keys_prefix = settings.text("KEYS_PREFIX");
    let queue_url = settings.text("ADMIT_QUEUE_URL");
    let dlq_url = settings.text("ADMIT_DLQ_URL");
    let pointer_ttl_days = settings.number("POINTER_TTL_DAYS", 1..=3650);
    settings.done()?;

    let sdk = aws::load().await;
    let schemas = schemas(&sdk, &endpoints);
    let admit = Admit::new(
        Incoming::new(&sdk, bucket),
        Pointers::new(&sdk, events),
        Endpoints::new(&sdk, endpoints),
        Secrets::new(&sdk, keys_prefix),
        pointer_ttl_days,
    );
    let function = &Function {
        admit: admit.judging(schemas),
        queue: Queue::new(&sdk, queue_url),
        dlq: Queue::new(&sdk, dlq_url),
        stack,
    };
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<SqsBatch>| {
        let mut response = BatchResponse::default();
        for record in event.payload.records {
            let span = info_span!("object", message = record.message_id);
            // Boxed: the SDK's futures are nested deeper than the compiler looks.
            if !Box::pin(function.handle(&record)).instrument(span).await {
                response.fail(record.message_id);
            }
        }
        Ok::<_, Error>(response)
    }))
    .await
}

struct Function<J> {
    admit: Admit<Incoming, Pointers, Endpoints, Secrets, J>,
    queue: Queue,
    dlq: Queue,
    stack: String,
}

impl<J: SchemaJudge> Function<J> {
    /// Whether the message is done. A message that no retry helps goes into the dead-letter
    /// queue at once; everything else comes again soon.
    async fn handle(&self, record: &SqsRecord) -> bool {
        let (bucket, key) = match notice::object(&record.body) {
            Ok(object) => object,
            Err(problem) => {
                error!(%problem, message_id = record.message_id, "the message names no object");
                return self.give_up(record, "the message names no object").await;
            }
        };
        let (tries, now) = (record.tries(), runtime::now());
        let undone = match self.admit.attend(&bucket, &key, tries, now).await {
            Ok(Admitted::Judged { log, received_at }) => {
                self.count(&log, received_at);
                return true;
            }
            Ok(Admitted::Before | Admitted::Gone) => return true,
            Err(undone) => undone,
        };
        let wait = undone.again_after(tries);
        error!(
            problem = %undone,
            cause = causes(&undone),
            // Any other is a text that someone else put there.
            key = key.incoming().map(|_| key.as_str()),
            message_id = record.message_id,
            again_after_s = wait.map(|wait| wait.as_secs()),
            "the object could not be judged; it is kept"
        );
        let Some(wait) = wait else {
            let given_up = self.give_up(record, &undone.to_string()).await;
            if let Undone::Kept(kept) = undone
                && given_up
            {
                self.count(&kept.log(), kept.received_at);
            }
            return given_up;
        };
        if let Err(problem) = self.queue.put_off(&record.receipt_handle, wait).await {
            // Then it comes again when the queue's visibility timeout ends.
            error!(%problem, cause = causes(&problem), "the message could not be delayed");
        }
        false
    }

    /// A crash after this makes two dead letters of one: to redrive both is safe.
    async fn give_up(&self, record: &SqsRecord, reason: &str) -> bool {
        let dead_letter = notice::dead_letter(&record.body, reason);
        let sent = self.dlq.send(&dead_letter).await;
        if let Err(problem) = &sent {
            error!(%problem, cause = causes(problem), "the message could not be sent to the DLQ");
        }
        sent.is_ok()
    }

    fn count(&self, log: &DeliveryLog, received_at: domain::Timestamp) {
        let age = runtime::now().duration_since(received_at);
        let age = Duration::try_from(age).unwrap_or_default();
        let time = ("AdmitAge", age);
        log.metrics(&self.stack, time).write(runtime::now());
    }
}
