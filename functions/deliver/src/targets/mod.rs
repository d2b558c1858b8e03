//! Destinations that a pipe would call, too, but not at a pace.

mod function;
mod queue;
#[cfg(test)]
mod tests;
mod workflow;

use std::time::Duration;

use aws::Sdk;
use domain::{StoreError, with_causes};
use function::Function;
use queue::OtherQueue;
use serde_json::Value;
use tracing::warn;
use workflow::{Express, Standard};

use crate::{
    config::{Config, DestinationConfig},
    destination::{Destination, Outcome, Outgoing, Reason},
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

/// The input of a target: a list of one event, as a pipe with batches of one would give it.
/// `subscription`: whose DLQ an event goes to that the target rejects.
fn input(outgoing: &Outgoing<'_>, subscription: &str) -> String {
    let mut event = outgoing.event.for_target(outgoing.message_id);
    event.insert("subscription".to_owned(), subscription.into());
    Value::from(vec![Value::from(event)]).to_string()
}

/// AWS did not do what it was asked. Someone may have to act first, and the event must still be
/// there then: it is tried again even if it was refused.
fn refused(problem: &StoreError) -> Outcome {
    warn!(
        cause = with_causes(problem),
        "the target could not be called"
    );
    retry(match problem {
        StoreError::Transient { .. } => "unreachable",
        StoreError::Permanent { .. } => "refused",
    })
}

fn retry(reason: &'static str) -> Outcome {
    Outcome::Retry {
        reason: Reason(reason),
        status: None,
        after: None,
        strikes: true,
    }
}
