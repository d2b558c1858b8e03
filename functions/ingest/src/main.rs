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

use gateway::ProxyRequest;
use ingest::{Days, Ingest};
use runtime::{Failure, Invocation, RuntimeApi, Settings};
use wire::{Environment, Payloads, Pointers, Secrets};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
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
    let environment = Environment::of(&mut settings, runtime::now);
    let api = RuntimeApi::of(&mut settings);
    settings.done()?;

    let payloads = Payloads::new(&environment, bucket);
    let pointers = Pointers::new(&environment, table);
    let keys = Secrets::new(&environment, keys_prefix);
    tokio::join!(payloads.warm(), pointers.warm(), keys.warm());
    let ingest = Ingest::new(payloads, pointers, keys, days);
    let work = async |Invocation {
                          event, trace_id, ..
                      }: Invocation| {
        let begin = Instant::now();
        let request =
            ProxyRequest::parse(event).map_err(|problem| Failure::unreadable(&problem))?;
        let answer = ingest.receive(request, trace_id.as_deref(), runtime::now());
        let (response, log) = answer.await;
        let time = ("IngestLatency", begin.elapsed());
        log.metrics(&stack, time).write(runtime::now());
        Ok(response)
    };
    Err(runtime::serve(api, work).await.into())
}
