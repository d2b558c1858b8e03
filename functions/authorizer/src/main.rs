//! API Gateway REQUEST authorizer: rejects cheaply what cannot be a valid
//! delivery, before a body is carried anywhere. It never sees the body.

mod event;
mod judge;
mod lanes;
mod prepared;
mod ruling;
#[cfg(test)]
mod tests;

use aws::{Endpoints, Secrets};
use domain::{Directory, Keys};
use judge::Judge;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use runtime::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry_without_returned(module_path!())?;
    let mut settings = Settings::of_process();
    let table = settings.text("ENDPOINTS_TABLE");
    let stack = settings.text("STACK");
    let keys_prefix = settings.text("KEYS_PREFIX");
    settings.done()?;

    let sdk = aws::load().await;
    let directory = Directory::new(Endpoints::new(&sdk, table));
    let keys = Keys::new(Secrets::new(&sdk, keys_prefix));
    let judge = &Judge::new(directory, keys);
    let stack = stack.as_str();
    lambda_runtime::run(service_fn(
        async move |event: LambdaEvent<event::AuthorizerRequest>| {
            let ruling = judge.authorize(event.payload, runtime::now()).await;
            if let Some(rejected) = &ruling.rejection {
                rejected.metrics(stack).write(runtime::now());
            }
            ruling.answer
        },
    ))
    .await
}
