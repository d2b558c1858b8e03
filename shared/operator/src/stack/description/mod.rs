use std::{borrow::Cow, collections::BTreeMap};

use aws::Image;
use domain::{
    AttributeKind, AttributeName, Attributes, EndpointName, Filter, FindIndex, Retention,
    SCHEMA_CHECK, SchemaCheck,
};
use serde::Deserialize;

use crate::{Result, problem::WithContext as _};

/// The type of test events: only subscriptions that name it receive it.
pub const TEST_TYPE: &str = "coatcheck.test";

/// What a stack consists of, as Terraform writes it into the `endpoints` table
/// (output `stack`).
#[derive(Debug, Clone, Deserialize)]
pub struct StackDescription {
    /// Its name.
    pub stack: String,
    /// The region that it is in.
    pub region: String,
    pub(crate) api: RestApi,
    /// The domain name; none where the API has its own alone, and in a stack from before there was one.
    #[serde(default)]
    pub front_door: Option<FrontDoor>,
    pub(crate) bucket: String,
    pub(crate) tables: TableNames,
    /// The prefix of a secret's name; the endpoint's name follows.
    pub(crate) keys_prefix: String,
    pub(crate) router: StreamPipe,
    /// Feeds the ordered subscriptions; none if there are none.
    #[serde(default)]
    pub(crate) fan: Option<StreamPipe>,
    pub(crate) admit: AdmitQueues,
    /// What its endpoints declare, which every event has; none in a stack from before there were attributes.
    #[serde(default)]
    pub attributes: Vec<AttributeName>,
    /// Those of them whose order some subscription's filter asks for.
    #[serde(default)]
    pub(crate) compared: Vec<AttributeName>,
    /// By their names.
    pub subscriptions: BTreeMap<String, Subscription>,
    pub(crate) processors: BTreeMap<String, Processor>,
    pub(crate) functions: BTreeMap<String, DeployedFunction>,
    /// The attributes that each endpoint declares, by its name and theirs; empty in a stack from before there were any.
    #[serde(default)]
    pub declared: BTreeMap<EndpointName, BTreeMap<AttributeName, DeclaredAttribute>>,
    /// Names of the alarms that exist.
    pub(crate) alarms: Vec<String>,
    /// How long things are kept.
    pub days: Days,
    /// The endpoints that keep payloads for fewer days; empty in a stack from before there were any.
    #[serde(default)]
    pub(crate) retention: BTreeMap<EndpointName, Retention>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct RestApi {
    pub(crate) id: String,
    pub(crate) stage: String,
    pub(crate) url: String,
}

/// A domain name of one's own.
#[derive(Debug, Clone, Deserialize)]
pub struct FrontDoor {
    /// The name.
    pub domain: String,
    /// Whether the API's own name answers too.
    pub default_endpoint: bool,
    /// Whether clients must show a certificate.
    pub mtls: bool,
    pub(crate) certificate_arn: String,
    /// None where someone else keeps the DNS.
    pub(crate) zone_id: Option<String>,
    /// What the DNS must point to.
    pub target: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct TableNames {
    pub(crate) endpoints: String,
    pub(crate) events: String,
    pub(crate) processed: String,
    /// None where no subscription is read by `deliver`.
    #[serde(default)]
    pub(crate) deliveries: Option<String>,
}

/// A pipe that reads the table's stream.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct StreamPipe {
    pub(crate) pipe: String,
    #[serde(rename = "letters_url")]
    pub(crate) dead_letters_url: String,
    pub(crate) dlq_url: String,
    pub(crate) dlq_arn: String,
}

/// The queue of objects of the direct lane that `admit` has not processed yet.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct AdmitQueues {
    pub(crate) queue_url: String,
    pub(crate) queue_arn: String,
    pub(crate) dlq_url: String,
    pub(crate) dlq_arn: String,
}

/// Which events go to which target, and how.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    /// None where the function `deliver` reads its queue.
    pub(crate) pipe: Option<String>,
    /// None where a pipe reads its source.
    #[serde(default)]
    pub deliver: Option<Deliver>,
    /// Whether it keeps the order of each ordering key.
    pub ordered: bool,
    /// Whether Terraform wants its pipe to run.
    pub enabled: bool,
    /// Event types: exact, `prefix.*` or `*`.
    pub types: Vec<String>,
    /// None means all.
    pub endpoints: Option<Vec<String>>,
    /// What the event's attributes must be; None means anything.
    #[serde(default)]
    pub filter: Option<Filter>,
    /// Whether it gets quarantined events, and no others.
    #[serde(default)]
    pub(crate) quarantined: bool,
    /// A FIFO queue if it is ordered.
    pub(crate) queue_url: String,
    pub(crate) queue_arn: String,
    pub(crate) dlq_url: String,
    pub(crate) dlq_arn: String,
    /// Whether the filter of what reads its queue has room for tests.
    #[serde(default = "yes")]
    pub(crate) testable: bool,
    /// Where the events go.
    pub target: Target,
}

/// In a stack from before Terraform said so.
fn yes() -> bool {
    true
}

/// The function `deliver` of a subscription, and what feeds it.
#[derive(Debug, Clone, Deserialize)]
pub struct Deliver {
    /// The function's name.
    pub function: String,
    /// The UUID of the event source mapping.
    pub(crate) mapping: String,
    /// The name of the secret of an HTTP destination.
    pub secret: Option<String>,
    /// How many events a second its destination gets, at most.
    pub rate_per_s: Option<f64>,
    /// How many instances deliver at once, at most.
    pub concurrency: u32,
}

/// Where a subscription's events go.
#[derive(Debug, Clone, Deserialize)]
pub struct Target {
    /// `lambda`, `express`, `standard`, `queue`, `bus`, `kinesis`, `firehose`, `ecs`, `batch` or `http`.
    pub kind: String,
    /// Its ARN; the address of an HTTP destination.
    pub arn: String,
    /// The stack's processor; none if the target is not one of the stack.
    pub processor: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Processor {
    /// `lambda`, `workflow` or `queue`.
    pub(crate) kind: String,
    pub(crate) function: String,
    pub(crate) idempotency: bool,
    pub(crate) inbox_url: Option<String>,
    pub(crate) inbox_arn: Option<String>,
    pub(crate) inbox_dlq_url: Option<String>,
    pub(crate) inbox_dlq_arn: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct DeployedFunction {
    pub(crate) name: String,
    pub(crate) log_group: String,
}

/// An attribute of an endpoint's events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct DeclaredAttribute {
    /// What its values are.
    #[serde(rename = "as")]
    pub kind: AttributeKind,
    /// Whether an index finds events by it.
    pub index: bool,
}

/// For how many days things are kept.
#[derive(Debug, Clone, Deserialize)]
pub struct Days {
    /// Payloads in the bucket.
    pub payloads: u32,
    /// Pointers in the events table.
    pub pointers: u32,
    /// Records of processed events.
    pub processed: u32,
    /// Messages in queues and DLQs.
    pub queues: u32,
}

impl StackDescription {
    fn retention_of(&self, endpoint: &EndpointName) -> Retention {
        self.retention.get(endpoint).copied().unwrap_or_default()
    }

    /// For how many days the payloads of this endpoint are kept.
    pub(crate) fn payload_days(&self, endpoint: &EndpointName) -> u32 {
        self.retention_of(endpoint).payload_days(self.days.payloads)
    }

    /// For how many days the pointers of this endpoint are kept.
    pub(crate) fn pointer_days(&self, endpoint: &EndpointName) -> u32 {
        self.retention_of(endpoint).pointer_days(self.days.pointers)
    }

    /// For how many days payloads are kept at least, whatever their endpoint.
    #[must_use]
    pub fn least_payload_days(&self) -> u32 {
        let all = self.retention.values();
        let days = all.map(|own| own.payload_days(self.days.payloads)).min();
        days.unwrap_or(self.days.payloads)
    }

    /// The base of an endpoint's URL. That is the domain name if there is one, with the stage's name, which the base path
    /// mapping has too. But a domain that asks for client certificates is closed to providers that have none: an
    /// endpoint that asks for none is at the API's own name, while that answers.
    pub(crate) fn public_url(&self, wants_certificate: bool) -> String {
        match &self.front_door {
            Some(door) if wants_certificate || !door.mtls || !door.default_endpoint => {
                format!("https://{}/{}", door.domain, self.api.stage)
            }
            _ => self.api.url.clone(),
        }
    }

    /// The indexes that the events table has: as many as the endpoint with the most indexed attributes needs.
    pub(crate) fn find_indexes(&self) -> &'static [FindIndex] {
        let of = |declared: &BTreeMap<AttributeName, DeclaredAttribute>| {
            declared.values().filter(|one| one.index).count()
        };
        let most = self.declared.values().map(of).max().unwrap_or(0);
        let all = &FindIndex::ALL;
        all.get(..most).unwrap_or(all)
    }

    /// Fields that this version does not know are ignored.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).context(
            "another version was applied: \
             use that version of coatcheck, or apply this one",
        )
    }
}

impl Target {
    /// Where it is, for people: its ARN, or the address of an HTTP destination without the query, which may
    /// hold what only the destination should see.
    pub fn place(&self) -> &str {
        match self.kind.as_str() {
            "http" => self.arn.split(['?', '#']).next().unwrap_or_default(),
            _ => &self.arn,
        }
    }
}

impl Subscription {
    /// Whether it takes events of this endpoint and type.
    pub fn takes(&self, endpoint: &str, kind: &str) -> bool {
        let endpoints = self.endpoints.as_ref();
        endpoints.is_none_or(|all| all.iter().any(|one| one == endpoint))
            && self
                .types
                .iter()
                .any(|pattern| match pattern.strip_suffix('*') {
                    Some("") => kind != TEST_TYPE,
                    Some(prefix) => kind.starts_with(prefix),
                    None => pattern == kind,
                })
    }

    /// Whether it is one for events that are quarantined as this pointer's is, or is not.
    pub(crate) fn takes_checked(&self, pointer: &Image) -> bool {
        let outcome = pointer.get(&SCHEMA_CHECK.stored()).map(String::as_str);
        let is_quarantined = outcome.is_some() && outcome == SchemaCheck::Quarantined.value();
        is_quarantined == self.quarantined
    }

    /// Whether its filter lets the event of this pointer through.
    pub(crate) fn passes(&self, pointer: &Image) -> bool {
        let passes = |filter: &Filter| {
            let kept = Attributes::of_image(pointer);
            filter.passes(|name| kept.get(name).map(Cow::Borrowed))
        };
        self.filter.as_ref().is_none_or(passes)
    }
}

#[cfg(test)]
mod tests;
