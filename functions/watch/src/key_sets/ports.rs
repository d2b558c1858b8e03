use std::future::Future;

use domain::{EndpointName, Secret, StoreError};
use outbound::{FetchProblem, Fetcher};

/// Knows how endpoints are configured.
pub(crate) trait EndpointConfigs {
    /// The stored configuration, if there is such an endpoint.
    fn find(
        &self,
        endpoint: &EndpointName,
    ) -> impl Future<Output = Result<Option<String>, StoreError>>;
}

/// Publishes keys.
pub(crate) trait Issuer {
    /// The document at this URL.
    fn get(&self, url: &str) -> impl Future<Output = Result<Vec<u8>, FetchProblem>>;
}

/// The secrets of endpoints.
pub(crate) trait EndpointSecrets {
    /// The current value, if there is one.
    fn current(
        &self,
        endpoint: &EndpointName,
    ) -> impl Future<Output = Result<Option<Secret>, StoreError>>;

    /// Replaces it.
    fn put(
        &self,
        endpoint: &EndpointName,
        text: &Secret,
    ) -> impl Future<Output = Result<(), StoreError>>;
}

impl EndpointConfigs for aws::Endpoints {
    async fn find(&self, endpoint: &EndpointName) -> Result<Option<String>, StoreError> {
        domain::EndpointDirectory::find(self, endpoint).await
    }
}

impl Issuer for Fetcher {
    async fn get(&self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        Self::get(self, url).await
    }
}

impl EndpointSecrets for aws::IssuerKeys {
    async fn current(&self, endpoint: &EndpointName) -> Result<Option<Secret>, StoreError> {
        Self::current(self, endpoint).await
    }

    async fn put(&self, endpoint: &EndpointName, text: &Secret) -> Result<(), StoreError> {
        Self::put(self, endpoint, text).await
    }
}
