//! Judges what S3 announces: one object a message, one message an invocation.

mod message;

use std::time::Duration;

use admit::{Admit, Admitted};
use aws::{Endpoints, Incoming, Pointers, Secrets};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use message::{Answer, Batch};
use runtime::Settings;
use tracing::{Instrument, error, info_span};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let stack = settings.text("STACK");
    let bucket = settings.text("PAYLOADS_BUCKET");
    let endpoints = settings.text("ENDPOINTS_TABLE");
    let events = settings.text("EVENTS_TABLE");
    let keys_prefix = settings.text("KEYS_PREFIX");
    let pointer_ttl_days = settings.number("POINTER_TTL_DAYS", 1..=3650);
    settings.done()?;

    let sdk = aws::load().await;
    let admit = &Admit::new(
        Incoming::new(&sdk, bucket),
        Pointers::new(&sdk, events),
        Endpoints::new(&sdk, endpoints),
        Secrets::new(&sdk, keys_prefix),
        pointer_ttl_days,
    );
    let stack = stack.as_str();
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Batch>| {
        let mut answer = Answer::default();
        for message in event.payload.messages {
            let span = info_span!("object", message = message.message_id);
            // Boxed: the SDK's futures are nested deeper than the compiler looks.
            let done = Box::pin(one(admit, stack, &message.body)).instrument(span);
            if let Err(problem) = done.await {
                error!(%problem, cause = cause(&*problem), message_id = message.message_id, "the object could not be judged; it will be tried again");
                answer.fails(message.message_id);
            }
        }
        Ok::<_, Error>(answer)
    }))
    .await
}

async fn one(
    admit: &Admit<Incoming, Pointers, Endpoints, Secrets>,
    stack: &str,
    body: &str,
) -> Result<(), Error> {
    let (bucket, key) = message::object(body)?;
    let admitted = admit.admit(&bucket, &key, runtime::now()).await?;
    if let Admitted::Judged {
        report,
        received_at,
    } = admitted
    {
        let age = runtime::now().duration_since(received_at);
        let age = Duration::try_from(age).unwrap_or_default();
        let time = ("AdmitAge", age);
        report.metrics(stack, time).write(runtime::now());
    }
    Ok(())
}

fn cause(problem: &(dyn std::error::Error + Send + Sync)) -> Option<String> {
    problem.source().map(ToString::to_string)
}
