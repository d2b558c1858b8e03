//! How many requests some work makes. They are counted where they leave, so that retries and
//! the adapters of every service are in it.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use aws_config::BehaviorVersion;
use aws_smithy_runtime::client::defaults::default_http_client_plugin_v2;
use aws_smithy_runtime_api::client::{
    http::{
        HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpClient,
        SharedHttpConnector,
    },
    orchestrator::HttpRequest,
    runtime_components::{RuntimeComponents, RuntimeComponentsBuilder},
    runtime_plugin::RuntimePlugin,
};

tokio::task_local! {
    static COUNT: Arc<AtomicU64>;
}

/// Does some work, and counts its requests.
pub async fn counted<T>(work: impl Future<Output = T>) -> T {
    COUNT.scope(Arc::default(), work).await
}

/// How many requests the work around this call has made so far; none outside of [`counted`].
#[must_use]
pub fn so_far() -> Option<u64> {
    COUNT.try_with(|count| count.load(Ordering::Relaxed)).ok()
}

/// The SDK's own HTTP client, counting; none if the SDK has none.
pub(super) fn client(version: BehaviorVersion) -> Option<SharedHttpClient> {
    let plugin = default_http_client_plugin_v2(version)?;
    let nothing = RuntimeComponentsBuilder::new("counted requests");
    let client = plugin.runtime_components(&nothing).http_client()?;
    Some(SharedHttpClient::new(Counting(client)))
}

#[derive(Debug)]
struct Counting<T>(T);

impl HttpClient for Counting<SharedHttpClient> {
    fn http_connector(
        &self,
        settings: &HttpConnectorSettings,
        components: &RuntimeComponents,
    ) -> SharedHttpConnector {
        let connector = self.0.http_connector(settings, components);
        SharedHttpConnector::new(Counting(connector))
    }
}

impl HttpConnector for Counting<SharedHttpConnector> {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        // Work that nobody counts makes requests too.
        let _ = COUNT.try_with(|count| count.fetch_add(1, Ordering::Relaxed));
        self.0.call(request)
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_sqs::Client;

    use crate::operator::sdk_at;

    use super::*;

    /// A port of this machine where nobody listens: each try is a request.
    const NOBODY: &str = "http://127.0.0.1:9";

    #[tokio::test]
    async fn each_try_counts_and_only_for_the_work_around_it() {
        let client = Client::new(&sdk_at(NOBODY).config);
        let ask = || async { client.list_queues().send().await.is_ok() };
        let tries = counted(async {
            assert_eq!(so_far(), Some(0));
            let (one, other) = tokio::join!(ask(), counted(async { (ask().await, so_far()) }));
            assert_eq!((one, other), (false, (false, Some(2))));
            so_far()
        });
        assert_eq!(Box::pin(tries).await, Some(2));
        assert!(!ask().await && so_far().is_none());
    }
}
