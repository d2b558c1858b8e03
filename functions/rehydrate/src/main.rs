//! Turns a stream pipe's messages about records that it gave up into the events
//! themselves. What a pipe puts into its dead-letter queue names a shard and
//! sequence numbers; people and redrives need the event.

mod event;
mod letter;
mod ports;
mod rehydrate;
#[cfg(test)]
mod tests;

use aws::{Queue, Stream};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use letter::{Batch, Destinations};
use rehydrate::Rehydrate;
use runtime::Settings;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let destinations = settings.text("DESTINATIONS");
    settings.done()?;
    let destinations = Destinations::parse(&destinations)?;

    let sdk = aws::load().await;
    let rehydrate = &Rehydrate {
        stream: Stream::new(&sdk),
        destinations: destinations.open(|url| Queue::new(&sdk, url)),
    };
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<Batch>| {
        // Boxed: the SDK's futures are nested deeper than the compiler looks.
        Ok::<_, Error>(Box::pin(rehydrate.take(event.payload)).await)
    }))
    .await
}
