//! The HTTP destination.

use aws::Sdk;

use crate::{
    config::HttpConfig,
    destination::{Destination, Outcome, Outgoing, Reason},
};

/// Sends events over HTTP.
#[derive(Debug)]
pub(crate) struct Http {
    config: HttpConfig,
}

impl Http {
    /// Reads no secret yet: the first event does.
    pub(crate) fn new(_sdk: &Sdk, config: HttpConfig, _secret_id: String) -> Self {
        Self { config }
    }
}

impl Destination for Http {
    async fn deliver(&self, _outgoing: Outgoing<'_>) -> Outcome {
        tracing::debug!(method = self.config.method, "not yet there");
        Outcome::Retry {
            reason: Reason("unfinished"),
            status: None,
            after: None,
            strikes: false,
        }
    }
}
