//! Turns the dead letters of a pipe that reads the stream into the events themselves. Such a dead
//! letter names a shard and sequence numbers; people and redrives need the event.

mod dead_letter;
mod event;
mod ports;
mod rehydrate;
#[cfg(test)]
mod tests;

use aws::{Queue, Stream};
use dead_letter::Destinations;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use rehydrate::Rehydrate;
use runtime::{Settings, SqsBatch};

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let destinations = settings.text("DESTINATIONS");
    let attributes = settings.json("ATTRIBUTES").unwrap_or_default();
    settings.done()?;
    let destinations = Destinations::parse(&destinations)?;

    let sdk = aws::load().await;
    let rehydrate = &Rehydrate {
        stream: Stream::new(&sdk),
        destinations: destinations.open(|url| Queue::new(&sdk, url)),
        attributes,
    };
    lambda_runtime::run(service_fn(async move |event: LambdaEvent<SqsBatch>| {
        // Boxed: the SDK's futures are nested deeper than the compiler looks.
        Ok::<_, Error>(Box::pin(rehydrate.handle(event.payload)).await)
    }))
    .await
}
