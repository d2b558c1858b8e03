//! Sends the events of a subscription to an HTTP destination, or to another target at a pace it
//! can bear.

mod backoff;
mod batch;
mod breaker;
mod config;
mod destination;
mod event;
mod http;
mod metrics;
mod pace;
mod ports;
mod switch;
mod targets;
#[cfg(test)]
mod tests;
mod time;
mod wiring;
mod work;

use batch::Deliver;
use config::Config;
use domain::Timestamp;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use pace::Pace;
use runtime::{Settings, SqsBatch};
use targets::Target;
use wiring::Aws;
use work::Work;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let config = Config::read(Settings::of_process())?;
    let sdk = aws::load().await;
    let deliver = &Deliver {
        work: Work {
            destination: Target::new(&sdk, &config)?,
            ports: Aws::new(&sdk, &config),
            retry_for: config.retry_for,
            remember_for: config.processed_ttl,
            now: runtime::now,
        },
        breaker: config.breaker,
        pace: config.rate_per_s.map(Pace::of),
        attempt: config.destination.attempt(),
        now: runtime::now,
    };
    let config = &config;
    lambda_runtime::run(service_fn(async move |call: LambdaEvent<SqsBatch>| {
        let ends_at = ends_at(call.context.deadline);
        // Boxed: the SDK's futures are nested deeper than the compiler looks.
        let report = Box::pin(deliver.handle(call.payload, ends_at)).await;
        metrics::line(&config.stack, &config.subscription, &report).write(runtime::now());
        Ok::<_, Error>(report.response)
    }))
    .await
}

/// Lambda gives it in milliseconds of the epoch.
fn ends_at(deadline: u64) -> Timestamp {
    i64::try_from(deadline)
        .ok()
        .and_then(|deadline| Timestamp::from_millisecond(deadline).ok())
        .unwrap_or_else(runtime::now)
}
