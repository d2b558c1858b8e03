//! Shows people a payload of an endpoint with `redact`, without what is redacted. People may call it, and may not read
//! these payloads themselves: only this function's role may, and it never answers with a redacted value.

mod ports;
#[cfg(test)]
mod tests;
mod view;

use aws::{Endpoints, Pointers, Redemption};
use domain::RedactedWish;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::AwsStores;
use runtime::Settings;
use view::view;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let endpoints = settings.text("ENDPOINTS_TABLE");
    let events = settings.text("EVENTS_TABLE");
    let bucket = settings.text("PAYLOADS_BUCKET");
    settings.done()?;

    let sdk = aws::load().await;
    let stores = &AwsStores {
        endpoints: Endpoints::new(&sdk, endpoints),
        pointers: Pointers::new(&sdk, events),
        payloads: Redemption::new(&sdk),
        bucket,
    };
    lambda_runtime::run(service_fn(async move |call: LambdaEvent<RedactedWish>| {
        // Boxed: the SDK's futures are nested deeper than the compiler looks.
        Ok::<_, Error>(Box::pin(view(stores, &call.payload)).await?)
    }))
    .await
}
