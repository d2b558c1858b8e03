//! Verifies a delivery over its exact bytes, stores the payload, then the
//! pointer, and only then says 2xx.

mod body;
mod endpoints;
mod gateway;
mod ingest;
mod judge;
mod refusal;
#[cfg(test)]
mod tests;

use std::time::Instant;

use aws::{Payloads, Pointers, Secrets};
use ingest::{Days, Ingest};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use runtime::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let bucket = settings.text("PAYLOADS_BUCKET");
    let table = settings.text("EVENTS_TABLE");
    let keys_prefix = settings.text("KEYS_PREFIX");
    let stack = settings.text("STACK");
    let days = Days {
        pointers: settings.number("POINTER_TTL_DAYS", 1..=3650),
        payloads: settings.number("PAYLOAD_RETENTION_DAYS", 1..=3650),
    };
    settings.done()?;

    let sdk = aws::load().await;
    let ingest = Ingest::new(
        Payloads::new(&sdk, bucket),
        Pointers::new(&sdk, table),
        Secrets::new(&sdk, keys_prefix),
        days,
    );
    let ingest = &ingest;
    let stack = stack.as_str();
    lambda_runtime::run(service_fn(
        async move |event: LambdaEvent<gateway::ProxyRequest>| {
            let begin = Instant::now();
            let LambdaEvent { payload, context } = event;
            // Boxed: the SDK's futures are nested deeper than the compiler looks.
            let answer =
                Box::pin(ingest.receive(payload, context.xray_trace_id.as_deref(), runtime::now()));
            let (response, log) = answer.await;
            let time = ("IngestLatency", begin.elapsed());
            log.metrics(stack, time).write(runtime::now());
            Ok::<_, Error>(response)
        },
    ))
    .await
}
