//! Destinations that a pipe would call, too, but not at a pace.

mod calling;
mod function;
mod queue;
#[cfg(test)]
mod tests;
mod workflow;

use std::time::Duration;

use aws::Sdk;
use function::Function;
use queue::OtherQueue;
use workflow::{Express, Standard};

use crate::{
    config::{Config, DestinationConfig},
    destination::{Destination, Outcome, Outgoing},
    http::{Http, HttpProblem},
};

/// Any of the destinations.
pub(crate) enum Target {
    Http(Box<Http>),
    Function(Function),
    Express(Express),
    Standard(Standard),
    Queue(OtherQueue),
}

impl Target {
    /// # Errors
    /// [`HttpProblem`]: an HTTP destination is configured in a way that cannot work.
    pub(crate) fn new(sdk: &Sdk, config: &Config) -> Result<Self, HttpProblem> {
        let subscription = config.subscription.clone();
        Ok(match config.destination.clone() {
            DestinationConfig::Http(http) => {
                let secret_id = config.secret_id.clone().unwrap_or_default();
                Self::Http(Box::new(Http::new(sdk, &http, &subscription, secret_id)?))
            }
            DestinationConfig::Lambda { arn } => {
                Self::Function(Function::new(sdk, arn, subscription))
            }
            DestinationConfig::Express { arn } => {
                Self::Express(Express::new(sdk, arn, subscription))
            }
            DestinationConfig::Standard { arn } => {
                Self::Standard(Standard::new(sdk, arn, subscription))
            }
            DestinationConfig::Queue { url, fair_by } => {
                Self::Queue(OtherQueue::new(sdk, url, fair_by))
            }
        })
    }
}

impl DestinationConfig {
    /// The longest that an attempt may take: none begins if less time is left.
    pub(crate) fn attempt(&self) -> Duration {
        match self {
            Self::Http(http) => Duration::from_secs(http.timeout_s),
            Self::Lambda { .. } | Self::Express { .. } => Duration::from_secs(30),
            Self::Standard { .. } | Self::Queue { .. } => Duration::from_secs(6),
        }
    }
}

impl Destination for Target {
    async fn deliver(&self, outgoing: Outgoing<'_>) -> Outcome {
        match self {
            Self::Http(http) => http.deliver(outgoing).await,
            Self::Function(function) => function.deliver(outgoing).await,
            Self::Express(workflow) => workflow.deliver(outgoing).await,
            Self::Standard(workflow) => workflow.deliver(outgoing).await,
            Self::Queue(queue) => queue.deliver(outgoing).await,
        }
    }
}
