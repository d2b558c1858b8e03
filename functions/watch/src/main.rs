//! Once a minute: is every pipe running, and how long does routing an event take?
//! `EventBridge` Pipes has no metric for either. Where `deliver` reads a queue: is its mapping
//! running, and does its destination take events? It also tells the alarm topics what happened.
//! And it reads the keys that issuers of tokens publish.

mod alerts;
mod decide;
mod failures;
mod key_sets;
mod ports;
mod readers;
mod run;
#[cfg(test)]
mod tests;
mod watch;

use alerts::{Alerts, Dlqs};
use aws::{
    AlertMemory, Deliveries, EndpointTable, Endpoints, FailureRecords, Heartbeats, IssuerKeys,
    Mappings, MetricSums, Pipes, Queue, Topics,
};
use decide::Router;
use key_sets::KeySets;
use lambda_runtime::{Error, LambdaEvent, service_fn};
use outbound::Fetcher;
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
    let router = Router {
        parallelization: settings.number("ROUTER_PARALLELIZATION", 1..=10),
        window_s: settings.number("ROUTER_WINDOW_S", 0..=10),
    };
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
    // Without an endpoint whose keys an issuer publishes, nothing is fetched.
    let issued = settings.optional("KEY_SETS").unwrap_or_default();
    let issued: Vec<_> = decide::names(&issued)
        .into_iter()
        .filter_map(|name| name.try_into().ok())
        .collect();
    let issued = (!issued.is_empty()).then(|| {
        (
            issued,
            settings.text("ENDPOINTS_TABLE"),
            settings.text("KEYS_PREFIX"),
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
        router,
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
    let key_sets = match issued {
        Some((endpoints, table, prefix)) => Some(KeySets {
            stack: watch.stack.clone(),
            endpoints,
            directory: Endpoints::new(&sdk, table),
            secrets: IssuerKeys::new(&sdk, prefix),
            issuer: Fetcher::new()?,
            now: runtime::now,
            emit: |metrics: Metrics| metrics.write(runtime::now()),
        }),
        None => None,
    };
    let key_sets = &key_sets;
    lambda_runtime::run(service_fn(async move |_: LambdaEvent<IgnoredAny>| {
        run::run(watch, alerts.as_ref(), key_sets.as_ref()).await
    }))
    .await
}
