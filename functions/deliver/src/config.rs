//! The function's settings.
//!
//! Which event source mapping feeds it is not among them: the mapping needs the function first. It
//! is in the item `mapping#{subscription}` of the table of deliveries, as `uuid`, and is read when
//! the mapping is to be switched off.

use std::{collections::BTreeMap, time::Duration};

use runtime::{Settings, SettingsProblem};
use serde::Deserialize;

/// All settings.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Config {
    pub(crate) stack: String,
    pub(crate) subscription: String,
    pub(crate) queue_url: String,
    pub(crate) dlq_url: String,
    pub(crate) deliveries_table: String,
    pub(crate) processed_table: String,
    pub(crate) processed_ttl: Duration,
    pub(crate) destination: DestinationConfig,
    /// Of an HTTP destination: the name of its secret.
    pub(crate) secret_id: Option<String>,
    /// Events per second, over all instances of the function. `None`: no bound.
    pub(crate) rate_per_s: Option<f64>,
    /// An event is given up this long after its first failure.
    pub(crate) retry_for: Duration,
    pub(crate) breaker: BreakerConfig,
}

/// Where the events go: `DESTINATION`, as JSON.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub(crate) enum DestinationConfig {
    Http(Box<HttpConfig>),
    Lambda {
        arn: String,
    },
    Express {
        arn: String,
    },
    Standard {
        arn: String,
    },
    Queue {
        url: String,
        fair_by: Option<FairBy>,
    },
}

/// What a message of a standard queue has its group by, so that none starves another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum FairBy {
    Endpoint,
    OrderingKey,
}

/// An HTTP destination, as in the Terraform variable `subscriptions`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct HttpConfig {
    pub(crate) url: String,
    pub(crate) method: String,
    pub(crate) auth: AuthConfig,
    /// `standard-webhooks` or `none`.
    pub(crate) sign: String,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// `payload` or `event`.
    pub(crate) body: String,
    /// Patterns of statuses that mean success: `2xx`, `202`.
    pub(crate) success: Vec<String>,
    pub(crate) timeout_s: u64,
    #[serde(default)]
    pub(crate) allow_private: bool,
    /// The secret has a CA.
    #[serde(default)]
    pub(crate) own_ca: bool,
    /// The secret has a client certificate and its key.
    #[serde(default)]
    pub(crate) client_certificate: bool,
}

/// How the function says who it is.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct AuthConfig {
    /// `none`, `header`, `basic`, `oauth2_client_credentials` or `sigv4`.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    pub(crate) header: Option<String>,
    pub(crate) token_url: Option<String>,
    pub(crate) scope: Option<String>,
    pub(crate) audience: Option<String>,
    pub(crate) service: Option<String>,
    pub(crate) region: Option<String>,
}

/// When deliveries stop, and for how long: `BREAKER`, as JSON.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub(crate) struct BreakerConfig {
    pub(crate) failures_in_a_row: u32,
    /// Of the attempts within a window, from 0 to 1.
    pub(crate) failure_rate: f64,
    pub(crate) pause_s: u32,
    pub(crate) longest_pause_s: u32,
}

impl Config {
    pub(crate) fn read<R: Fn(&str) -> Option<String>>(
        mut settings: Settings<R>,
    ) -> Result<Self, SettingsProblem> {
        let destination = settings.json("DESTINATION");
        let breaker = settings.json("BREAKER");
        let rate = settings
            .optional("RATE_PER_S")
            .filter(|text| !text.is_empty());
        let rate_per_s = rate.and_then(|text| {
            let rate = text
                .parse()
                .ok()
                .filter(|rate| (0.1..=1000.0).contains(rate));
            if rate.is_none() {
                settings.problem("RATE_PER_S must be a number from 0.1 to 1000");
            }
            rate
        });
        let days = settings.number("PROCESSED_TTL_DAYS", 1..=3650);
        let retry_for_s = settings.number("RETRY_FOR_S", 0..=259_200);
        let secret_id = settings.optional("SECRET_ID").filter(|id| !id.is_empty());
        if secret_id.is_none() && matches!(destination, Some(DestinationConfig::Http(_))) {
            settings.problem("SECRET_ID is not set");
        }
        let (stack, subscription) = (settings.text("STACK"), settings.text("SUBSCRIPTION"));
        let (queue_url, dlq_url) = (settings.text("QUEUE_URL"), settings.text("DLQ_URL"));
        let deliveries_table = settings.text("DELIVERIES_TABLE");
        let processed_table = settings.text("PROCESSED_TABLE");
        settings.done()?;
        Ok(Self {
            stack,
            subscription,
            queue_url,
            dlq_url,
            deliveries_table,
            processed_table,
            processed_ttl: Duration::from_hours(24 * u64::from(days)),
            // They are there, or `done` has failed.
            destination: destination.unwrap_or(DestinationConfig::Lambda { arn: String::new() }),
            secret_id,
            rate_per_s,
            retry_for: Duration::from_secs(retry_for_s.into()),
            breaker: breaker.unwrap_or(BreakerConfig {
                failures_in_a_row: 5,
                failure_rate: 0.5,
                pause_s: 30,
                longest_pause_s: 900,
            }),
        })
    }
}
