use std::time::Instant;

use domain::SchemaJudge;
use runtime::{Failure, Invocation, RuntimeApi, Settings};
use wire::{Environment, Payloads, Pointers, Secrets};

use crate::{
    gateway::ProxyRequest,
    ingest::{Days, Ingest},
};

/// Settings of the process.
pub type ProcessSettings = Settings<fn(&str) -> Option<String>>;

/// Runs the function; what judges payloads by schemas is made of the settings.
///
/// # Errors
/// If a setting is missing or the Runtime API does not answer.
pub async fn run<J: SchemaJudge + Sync>(
    schemas: impl FnOnce(&mut ProcessSettings, &Environment) -> J,
) -> Result<(), Box<dyn std::error::Error>> {
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
    let schemas = schemas(&mut settings, &environment);
    settings.done()?;

    let payloads = Payloads::new(&environment, bucket);
    let pointers = Pointers::new(&environment, table);
    let keys = Secrets::new(&environment, keys_prefix);
    tokio::join!(payloads.warm(), pointers.warm(), keys.warm());
    let ingest = Ingest::new(payloads, pointers, keys, days).judging(schemas);
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
