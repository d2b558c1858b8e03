//! A stack, found by its name and described by itself.

mod description;
mod recorded;

use aws::{
    ByAttribute, ByTime, Deliveries, Pipes, Pointers, Queue, Secrets,
    operator::{EndpointTable, Mappings, MetricData, Records, Targets},
};
pub use aws::{Sdk, operator::Account};
use domain::{EndpointName, SignedDuration, Timestamp};

pub use self::description::{
    Days, DeclaredAttribute, Deliver, FrontDoor, StackDescription, Subscription, TEST_TYPE, Target,
};
pub(crate) use self::{
    description::{DeployedFunction, StreamPipe},
    recorded::decisive,
};
use crate::{
    Problem, Result,
    problem::{code, refuse},
    sight::Sight,
};

/// The router's name, where a subscription's name is expected. No subscription can have it.
pub const ROUTER: &str = "router";

/// Likewise, what feeds the ordered subscriptions.
pub(crate) const FAN: &str = "fan";

/// A stack, and what it takes to call AWS.
#[derive(Debug, Clone)]
pub struct Stack {
    pub(crate) sdk: Sdk,
    /// Where a local cloud serves its APIs, if not at its own endpoint.
    gateway: Option<String>,
    /// What it consists of.
    pub description: StackDescription,
    /// The clock.
    pub now: fn() -> Timestamp,
    pub(crate) sight: Sight,
}

/// The AWS SDK and its region; an error if no region is set.
pub async fn sdk(account: Account) -> Result<(Sdk, String)> {
    let sdk = aws::operator::sdk(account).await;
    let Some(region) = sdk.region().map(str::to_owned) else {
        refuse!("no AWS region: pass --region, set AWS_REGION, or set one in the profile");
    };
    Ok((sdk, region))
}

/// The ARN of the caller, for logs of what was changed. It needs no permission.
pub async fn caller(stack: &Stack) -> Result<String> {
    Ok(aws::operator::caller(&stack.sdk).await?)
}

impl Stack {
    /// Finds the stack of this name in a region. `gateway`: where a local cloud serves its APIs.
    pub async fn find(
        name: &str,
        (sdk, region): (Sdk, String),
        gateway: Option<String>,
        now: fn() -> Timestamp,
    ) -> Result<Self> {
        let directory = EndpointTable::new(&sdk, format!("{name}-endpoints"));
        let found = directory.stack().await.map_err(|error| {
            // A wrong name is the usual mistake, and AWS's text does not say so.
            if code(&error) == Some("ResourceNotFoundException") {
                return Problem::NotFound(format!(
                    "no stack {name:?} in {region}: pass --stack or set COATCHECK_STACK, \
                     and pass --region or set AWS_REGION"
                ));
            }
            error.into()
        })?;
        let Some(text) = found else {
            refuse!(
                "the table {name}-endpoints does not describe the stack: apply the Terraform code of this version"
            );
        };
        let description = StackDescription::parse(&text)?;
        Ok(Self {
            sdk,
            gateway,
            description,
            now,
            sight: Sight::default(),
        })
    }

    /// The base of an endpoint's URL: `{base}/hooks/{endpoint}`, in the direct lane
    /// `{base}/direct/{endpoint}`. It may depend on whether the endpoint asks for a client certificate.
    pub fn base_url(&self, wants_certificate: bool) -> String {
        let api = &self.description.api;
        match self.sdk.endpoint_url() {
            None => self.description.public_url(wants_certificate),
            // A local cloud serves every API under its own endpoint, or under the gateway's: no name server knows a
            // domain name there.
            Some(cloud) => format!(
                "{}/restapis/{}/{}/_user_request_",
                self.gateway
                    .as_deref()
                    .unwrap_or(cloud)
                    .trim_end_matches('/'),
                api.id,
                api.stage
            ),
        }
    }

    /// The subscription of this name; an error names the ones that exist.
    pub fn subscription(&self, name: &str) -> Result<&Subscription> {
        let all = &self.description.subscriptions;
        all.get(name)
            .ok_or_else(|| unknown("subscription", name, all.keys()))
    }

    /// Whether a subscription takes events of this endpoint and type; without a name, whether
    /// any does.
    pub(crate) fn takes(
        &self,
        subscription: Option<&str>,
        endpoint: &str,
        kind: &str,
    ) -> Result<bool> {
        let mut all = self.description.subscriptions.values();
        Ok(match subscription {
            Some(name) => self.subscription(name)?.takes(endpoint, kind),
            None => all.any(|one| one.takes(endpoint, kind)),
        })
    }

    /// Whether the payload of an event of this endpoint that was received at this time has expired.
    pub(crate) fn has_no_payload(&self, endpoint: &EndpointName, received_at: Timestamp) -> bool {
        let days = self.description.payload_days(endpoint);
        let kept = SignedDuration::from_hours(24 * i64::from(days));
        let oldest = (self.now)().checked_sub(kept);
        oldest.is_ok_and(|oldest| received_at < oldest)
    }

    pub(crate) fn by_time(&self) -> ByTime {
        ByTime::new(&self.sdk, self.description.tables.events.clone())
    }

    pub(crate) fn by_attribute(&self) -> ByAttribute {
        ByAttribute::new(&self.sdk, self.description.tables.events.clone())
    }

    pub(crate) fn pointers(&self) -> Pointers {
        Pointers::new(&self.sdk, self.description.tables.events.clone())
    }

    pub(crate) fn records(&self) -> Records {
        Records::new(&self.sdk, self.description.tables.processed.clone())
    }

    pub(crate) fn queue(&self, url: &str) -> Queue {
        Queue::new(&self.sdk, url.to_owned())
    }

    pub(crate) fn pipes(&self) -> Pipes {
        Pipes::new(&self.sdk)
    }

    pub(crate) fn mappings(&self) -> Mappings {
        Mappings::new(&self.sdk)
    }

    /// What the function `deliver` of a subscription keeps. None: the stack has no such function.
    pub(crate) fn deliveries(&self, subscription: &str) -> Option<Deliveries> {
        let table = self.description.tables.deliveries.clone()?;
        Some(Deliveries::new(&self.sdk, table, subscription.to_owned()))
    }

    pub(crate) fn targets(&self) -> Targets {
        Targets::new(&self.sdk)
    }

    pub(crate) fn metric_data(&self) -> MetricData {
        MetricData::new(&self.sdk)
    }

    /// Whether an address of its own replaces AWS's: a local cloud.
    pub(crate) fn is_local(&self) -> bool {
        self.sdk.endpoint_url().is_some()
    }

    pub(crate) fn directory(&self) -> EndpointTable {
        EndpointTable::new(&self.sdk, self.description.tables.endpoints.clone())
    }

    pub(crate) fn secrets(&self) -> Secrets {
        Secrets::new(&self.sdk, self.description.keys_prefix.clone())
    }
}

/// `no subscription "x": the stack has a, b`.
pub fn unknown<'a>(what: &str, name: &str, there: impl Iterator<Item = &'a String>) -> Problem {
    let there: Vec<&str> = there.map(String::as_str).collect();
    Problem::NotFound(if there.is_empty() {
        format!("no {what} {name:?}: the stack has none")
    } else {
        format!("no {what} {name:?}: the stack has {}", there.join(", "))
    })
}

/// The sample of the tests.
#[cfg(test)]
pub(crate) fn sample() -> StackDescription {
    StackDescription::parse(testkit::STACK).unwrap()
}

/// The sample with `crm`, an HTTP destination, and `paced`, a processor whose pace is bounded.
#[cfg(test)]
pub(crate) fn delivered() -> StackDescription {
    StackDescription::parse(&testkit::delivered_stack()).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_the_names_that_exist() {
        let there = ["a".to_owned(), "b".to_owned()];
        assert_eq!(
            unknown("subscription", "x", there.iter()).to_string(),
            "no subscription \"x\": the stack has a, b"
        );
        assert_eq!(
            unknown("endpoint", "x", [].iter()).to_string(),
            "no endpoint \"x\": the stack has none"
        );
    }
}
