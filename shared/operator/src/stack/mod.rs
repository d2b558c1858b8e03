//! The stack that is worked on: found by its name, described by itself.

mod description;

use aws::{
    ByTime, Pipes, Pointers, Queue, Secrets,
    operator::{EndpointTable, Records, Targets},
};
pub use aws::{Sdk, operator::Account};
use domain::Timestamp;

pub(crate) use self::description::{Days, Function};
pub use self::description::{Description, Subscription, TEST_TYPE, Target};
use crate::{
    Problem, Result,
    problem::{code, refuse},
};

/// What the router is called where a subscription's name may stand. No subscription can be.
pub const ROUTER: &str = "router";

/// A stack, with what it is made of and the means to call AWS.
#[derive(Debug, Clone)]
pub struct Stack {
    pub(crate) sdk: Sdk,
    /// Where a local cloud serves its APIs, if not at its own address.
    gateway: Option<String>,
    /// What it consists of, as its deployment wrote it down.
    pub description: Description,
    /// The clock.
    pub now: fn() -> Timestamp,
}

/// The means to call AWS, for a region that is known.
pub async fn sdk(account: Account) -> Result<(Sdk, String)> {
    let sdk = aws::operator::sdk(account).await;
    let Some(region) = sdk.region().map(str::to_owned) else {
        refuse!("no AWS region: say --region, set AWS_REGION, or give the profile one");
    };
    Ok((sdk, region))
}

impl Stack {
    /// The stack of this name in a region. `gateway`: where a local cloud serves its APIs.
    pub async fn find(
        name: &str,
        (sdk, region): (Sdk, String),
        gateway: Option<String>,
        now: fn() -> Timestamp,
    ) -> Result<Self> {
        let directory = EndpointTable::new(&sdk, format!("{name}-endpoints"));
        let found = directory.stack().await.map_err(|error| {
            // No table of that name is the usual mistake, and its text says nothing.
            if code(&error) == Some("ResourceNotFoundException") {
                return Problem::NotFound(format!(
                    "there is no stack {name:?} in {region}: name it by --stack or COATCHECK_STACK, \
                     and its region by --region or AWS_REGION"
                ));
            }
            error.into()
        })?;
        let Some(text) = found else {
            refuse!(
                "the table {name}-endpoints does not describe its stack: apply the Terraform code of this version"
            );
        };
        let description = Description::parse(&text)?;
        Ok(Self {
            sdk,
            gateway,
            description,
            now,
        })
    }

    /// Where deliveries go to: `{base}/hooks/{endpoint}`, in the direct lane
    /// `{base}/direct/{endpoint}`.
    pub fn base_url(&self) -> String {
        let api = &self.description.api;
        match self.sdk.endpoint_url() {
            None => api.url.clone(),
            // A local cloud serves every API under its own address, or that of the front before it.
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

    /// A subscription, or an error that names those there are.
    pub fn subscription(&self, name: &str) -> Result<&Subscription> {
        let all = &self.description.subscriptions;
        all.get(name)
            .ok_or_else(|| unknown("subscription", name, all.keys()))
    }

    pub(crate) fn by_time(&self) -> ByTime {
        ByTime::new(&self.sdk, self.description.tables.events.clone())
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

    pub(crate) fn targets(&self) -> Targets {
        Targets::new(&self.sdk)
    }

    pub(crate) fn directory(&self) -> EndpointTable {
        EndpointTable::new(&self.sdk, self.description.tables.endpoints.clone())
    }

    pub(crate) fn secrets(&self) -> Secrets {
        Secrets::new(&self.sdk, self.description.keys_prefix.clone())
    }
}

/// `no subscription "x": there are a, b`.
pub fn unknown<'a>(what: &str, name: &str, there: impl Iterator<Item = &'a String>) -> Problem {
    let there: Vec<&str> = there.map(String::as_str).collect();
    Problem::NotFound(if there.is_empty() {
        format!("no {what} {name:?}: the stack has none")
    } else {
        format!("no {what} {name:?}: there are {}", there.join(", "))
    })
}

/// The sample of the tests.
#[cfg(test)]
pub(crate) fn sample() -> Description {
    Description::parse(testkit::STACK).unwrap()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_name_is_answered_with_those_there_are() {
        let there = ["a".to_owned(), "b".to_owned()];
        assert_eq!(
            unknown("subscription", "x", there.iter()).to_string(),
            "no subscription \"x\": there are a, b"
        );
        assert_eq!(
            unknown("endpoint", "x", [].iter()).to_string(),
            "no endpoint \"x\": the stack has none"
        );
    }
}
