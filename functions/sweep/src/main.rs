//! Every few minutes: payloads of the last hours without a pointer get theirs.

mod function;

use function::Function;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use runtime::{Metrics, Settings};
use serde::de::IgnoredAny;
use sweep::Stores;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let stack = settings.text("STACK");
    let bucket = settings.text("PAYLOADS_BUCKET");
    let table = settings.text("EVENTS_TABLE");
    let endpoints_table = settings.text("ENDPOINTS_TABLE");
    let admit_queue_url = settings.text("ADMIT_QUEUE_URL");
    let pointer_ttl_days = settings.number("POINTER_TTL_DAYS", 1..=3650);
    let look_back_hours = settings.number("LOOK_BACK_HOURS", 1..=8760);
    settings.done()?;

    let sdk = aws::load().await;
    let function = &Function {
        stack,
        pointer_ttl_days,
        look_back_hours,
        stores: Stores::of(&sdk, bucket, table, endpoints_table, admit_queue_url),
        now: runtime::now,
        emit: |metrics: Metrics| metrics.write(runtime::now()),
    };
    lambda_runtime::run(service_fn(async move |call: LambdaEvent<IgnoredAny>| {
        // Boxed: the SDK's futures are nested deeper than the compiler looks.
        Box::pin(function.run(call.context.deadline)).await
    }))
    .await
}
