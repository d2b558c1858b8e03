//! Once a minute: is every pipe running, and how long does routing an event take?
//! `EventBridge` Pipes has no metric for either. Where `deliver` reads a queue: is its mapping
//! running, and does its destination take events? It also tells the alarm topics what happened.

mod alerts;
mod decide;
mod failures;
mod ports;
mod readers;
mod run;
#[cfg(test)]
mod tests;
mod watch;

use alerts::{Alerts, Dlqs};
use aws::{
    AlertMemory, Deliveries, EndpointTable, FailureRecords, Heartbeats, Mappings, MetricSums,
    Pipes, Queue, Topics,
};
use lambda_runtime::{Error, LambdaEvent, service_fn};
use ports::MappingsAndBreakers;
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
    let delivered = settings.optional("DELIVERED").unwrap_or_default();
    let delivered = decide::names(&delivered);
    // Without such a subscription there is no such table, and nothing is read from it.
    let deliveries = if delivered.is_empty() {
        String::new()
    } else {
        settings.text("DELIVERIES_TABLE")
    };
    // Without a topic there are no alerts, and nothing is read for them.
    let topics = settings.optional("ALERT_TOPICS").unwrap_or_default();
    let topics = decide::names(&topics);
    let tables = (!topics.is_empty()).then(|| {
        (
            settings.text("ENDPOINTS_TABLE"),
            settings.text("PROCESSED_TABLE"),
        )
    });
    settings.done()?;

    let sdk = aws::load().await;
    let queue = Queue::new(&sdk, queue_url);
    let alerts = &tables.map(|(endpoints, processed)| Alerts {
        topics,
        pipes: names.clone(),
        delivered: delivered.clone(),
        parts: EndpointTable::new(&sdk, endpoints),
        dlqs: Dlqs {
            queue: queue.clone(),
            records: FailureRecords::new(&sdk, processed.clone()),
        },
        memory: AlertMemory::new(&sdk, processed),
        outlet: Topics::new(&sdk),
        sums: MetricSums::new(&sdk),
        now: runtime::now,
    });
    let watch = &Watch {
        stack,
        names,
        delivered,
        heartbeats: Heartbeats::new(&sdk, table),
        queue,
        pipes: Pipes::new(&sdk),
        by_deliver: MappingsAndBreakers {
            deliveries: Deliveries::new(&sdk, deliveries, String::new()),
            mappings: Mappings::new(&sdk),
        },
        now: runtime::now,
        emit: |metrics: Metrics| metrics.write(runtime::now()),
    };
    lambda_runtime::run(service_fn(async move |_: LambdaEvent<IgnoredAny>| {
        run::run(watch, alerts.as_ref()).await
    }))
    .await
}
