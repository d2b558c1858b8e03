//! API Gateway REQUEST authorizer: rejects cheaply what cannot be a valid
//! delivery, before a body is carried anywhere. It never sees the body.

mod directory;
mod event;
mod judge;
#[cfg(test)]
mod tests;

use aws::Endpoints;
use directory::Directory;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use runtime::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry();
    let mut settings = Settings::of_process();
    let table = settings.text("ENDPOINTS_TABLE");
    settings.done()?;

    let directory = Directory::new(Endpoints::new(&aws::load().await, table));
    let directory = &directory;
    lambda_runtime::run(service_fn(
        async move |event: LambdaEvent<event::Request>| {
            judge::authorize(event.payload, directory, runtime::now()).await
        },
    ))
    .await
}
