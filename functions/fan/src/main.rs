//! Sends each event to the FIFO queue of every ordered subscription that wants it. It is the stream's second reader, and
//! the last that a shard allows: so there is one for all ordered subscriptions (decision 0046).

mod event;
mod fan;
mod ordered;
mod ports;
mod refusals;
mod rounds;
mod taken;
#[cfg(test)]
mod tests;

use aws::{EndpointTable, FifoQueue, Queue};
use event::Event;
use fan::Fan;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::{Queues, StackTable};
use runtime::Settings;
use serde_json::value::RawValue;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Error> {
    runtime::telemetry(module_path!())?;
    let mut settings = Settings::of_process();
    let (table, dlq) = (settings.text("ENDPOINTS_TABLE"), settings.text("DLQ_URL"));
    settings.done()?;

    let sdk = aws::load().await;
    let fan = &Fan::new(
        StackTable(EndpointTable::new(&sdk, table)),
        Queues {
            dlq: Queue::new(&sdk, dlq),
            open: Box::new(move |url| FifoQueue::new(&sdk, url.to_owned())),
        },
    );
    lambda_runtime::run(service_fn(
        async move |event: LambdaEvent<Vec<Box<RawValue>>>| {
            let events = event
                .payload
                .iter()
                .map(|message| Event::read(message.get()))
                .collect::<Result<Vec<_>, _>>()?;
            // Boxed: the SDK's futures are nested deeper than the compiler looks.
            Ok::<_, Error>(Box::pin(fan.handle(&events)).await?)
        },
    ))
    .await
}
