//! Once a minute: is every pipe running, and how long does routing an event take?
//! `EventBridge` Pipes has no metric for either.

mod decide;
mod ports;
#[cfg(test)]
mod tests;
mod watch;

use aws::{Heartbeats, Pipes, Queue};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use runtime::{Metrics, Settings};
use serde::de::IgnoredAny;
use watch::Watch;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let stack = settings.text("STACK");
    let table = settings.text("EVENTS_TABLE");
    let queue_url = settings.text("HEARTBEATS_QUEUE_URL");
    let names = decide::names(&settings.text("PIPES"));
    settings.done()?;

    let sdk = aws::load().await;
    let watch = &Watch {
        stack,
        names,
        heartbeats: Heartbeats::new(&sdk, table),
        queue: Queue::new(&sdk, queue_url),
        pipes: Pipes::new(&sdk),
        now: runtime::now,
        emit: |metrics: Metrics| metrics.write(runtime::now()),
    };
    lambda_runtime::run(service_fn(async move |_: LambdaEvent<IgnoredAny>| {
        // Boxed: the SDK's futures are nested deeper than the compiler looks.
        Box::pin(watch.look()).await
    }))
    .await
}
