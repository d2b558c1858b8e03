use crate::{Defaults, Problem};

/// Days of an average month.
pub const DAYS_OF_A_MONTH: f64 = 365.25 / 12.0;

/// The largest body of each lane, in bytes.
const STANDARD_MAX: f64 = 4_500_000.0;
const DIRECT_MAX: f64 = 10_485_760.0;

/// As much as fits beside the pointer into an item of `DynamoDB`, which has 400 KB.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Constraints.html>
const INLINE_MAX: f64 = 390_000.0;

/// As many attributes of an endpoint can be indexed (`terraform/variables_endpoints.tf`).
const INDEXED_MAX: f64 = 3.0;

/// Which way a delivery takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lane {
    /// Through `ingest`.
    Standard,
    /// To S3, then `admit`.
    Direct,
}

/// Where a request ends that brings no event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refused {
    /// At the authorizer, which knows the endpoint.
    Authorizer,
    /// There too, under a name that it has not looked up within a minute.
    UnknownName,
    /// At `ingest`, which finds the signature to be wrong.
    Ingest,
    /// At `admit`, which finds a stored body to be forged.
    Admit,
}

/// Which API of API Gateway is in front.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Front {
    /// The one that Coatcheck uses.
    Rest,
    /// For comparison only (decision 0061).
    Http,
}

/// How a processor records what it has processed (decision 0062).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Record {
    /// A claim before, and a mark after: two writes.
    Claim,
    /// A mark after: one write.
    Mark,
    /// None: `idempotency = false`.
    Off,
}

/// What is to be paid for.
#[derive(Debug, Clone, PartialEq)]
pub struct Scenario {
    /// Deliveries of a month, each of them an event.
    pub events: f64,
    /// Bytes of a payload.
    pub size: f64,
    /// The lane.
    pub lane: Lane,
    /// The API.
    pub front: Front,
    /// Payloads up to so many bytes travel in the pointer and the event; 0: none.
    pub inline_max: f64,
    /// By how many attributes an index finds each event, on average: from 0 to 3.
    pub indexed: f64,
    /// How many subscriptions there are.
    pub subscriptions: f64,
    /// How many of them get an event, on average: as many as there are, if all take all.
    pub subscribed: f64,
    /// Endpoints, each with a secret.
    pub endpoints: f64,
    /// How processors record what they have done.
    pub record: Record,
    /// How many events a pipe reads at once, on average: from 1 to 10.
    pub batch: f64,
    /// Memory of `ingest`, in MB.
    pub ingest_mb: f64,
    /// Memory of the authorizer, in MB.
    pub authorizer_mb: f64,
    /// Memory of `admit`, in MB.
    pub admit_mb: f64,
    /// Memory of a processor, in MB.
    pub processor_mb: f64,
    /// How many events of a batch a processor works on at once.
    pub events_at_once: f64,
    /// For how many days payloads are kept.
    pub payload_days: f64,
    /// For how many days pointers are kept.
    pub pointer_days: f64,
    /// For how many days logs are kept.
    pub log_days: f64,
}

impl Scenario {
    /// This many events of this size a month, in a stack with Terraform's defaults, one endpoint and no subscription.
    ///
    /// # Errors
    /// If a default is not where [`Defaults`] expects it, which a test excludes.
    pub fn of(events: f64, size: f64) -> Result<Self, Problem> {
        let defaults = Defaults::of_terraform()?;
        Ok(Self {
            events,
            size,
            lane: Lane::Standard,
            front: Front::Rest,
            inline_max: 0.0,
            indexed: 0.0,
            subscriptions: 0.0,
            subscribed: 0.0,
            endpoints: 1.0,
            record: Record::Claim,
            batch: 10.0,
            ingest_mb: defaults.ingest_mb,
            authorizer_mb: defaults.authorizer_mb,
            admit_mb: defaults.admit_mb,
            processor_mb: defaults.processor_mb,
            events_at_once: defaults.events_at_once,
            payload_days: defaults.payload_days,
            pointer_days: defaults.pointer_days,
            log_days: defaults.log_days,
        })
    }

    /// So many subscriptions, each of which takes every event.
    #[must_use]
    pub fn subscribed(mut self, count: f64) -> Self {
        self.subscriptions = count;
        self.subscribed = count;
        self
    }

    /// Whether the payload travels in the pointer.
    #[must_use]
    pub fn is_inline(&self) -> bool {
        self.size <= self.inline_max
    }

    /// Whether the scenario can be.
    ///
    /// # Errors
    /// Says which value is wrong, and what it may be.
    pub fn check(&self) -> Result<(), Problem> {
        let (lane, largest) = match self.lane {
            Lane::Standard => ("standard", STANDARD_MAX),
            Lane::Direct => ("direct", DIRECT_MAX),
        };
        let refuse = |text: String| Err(Problem::Scenario(text));
        if !(1.0..=1e12).contains(&self.events) {
            return refuse("events: from 1 to 1,000,000M a month".to_owned());
        }
        if !(1.0..=largest).contains(&self.size) {
            let elsewhere = match self.lane {
                Lane::Standard if self.size <= DIRECT_MAX => {
                    "; the direct lane takes up to 10,485,760"
                }
                _ => "",
            };
            return refuse(format!(
                "size: the {lane} lane takes 1 to {largest} bytes{elsewhere}"
            ));
        }
        if self.lane == Lane::Direct && self.inline_max > 0.0 {
            return refuse(
                "inline: a delivery of the direct lane is in S3 before anyone looks at it"
                    .to_owned(),
            );
        }
        if self.lane == Lane::Direct && self.front == Front::Http {
            return refuse(
                "front: an HTTP API cannot write to S3, so it has no direct lane".to_owned(),
            );
        }
        if !(0.0..=INLINE_MAX).contains(&self.inline_max) {
            return refuse(format!(
                "inline: from 0 to {INLINE_MAX} bytes, since an item of DynamoDB has 400 KB"
            ));
        }
        if !(0.0..=INDEXED_MAX).contains(&self.indexed) {
            return refuse(format!(
                "indexed: from 0 to {INDEXED_MAX} attributes of an event"
            ));
        }
        if !(1.0..=10.0).contains(&self.batch) {
            return refuse(
                "batch: from 1 to 10, as a receive call returns at most 10 messages".to_owned(),
            );
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_is_refused_with_the_name_of_the_value() {
        let good = Scenario::of(1e6, 1_000.0).unwrap();
        assert!(good.check().is_ok());
        let wrong = |change: fn(&mut Scenario), word: &str| {
            let mut scenario = good.clone();
            change(&mut scenario);
            let text = scenario.check().unwrap_err().to_string();
            assert!(text.contains(word), "{text}");
        };
        wrong(|it| it.events = 0.0, "events:");
        wrong(|it| it.events = f64::NAN, "events:");
        wrong(|it| it.size = 5e6, "direct lane takes up to");
        wrong(|it| it.size = 11e6, "size:");
        wrong(|it| it.inline_max = 1e6, "inline:");
        wrong(|it| it.indexed = 4.0, "indexed:");
        wrong(|it| it.batch = 11.0, "batch:");
        wrong(
            |it| {
                it.lane = Lane::Direct;
                it.front = Front::Http;
            },
            "front:",
        );
        wrong(
            |it| {
                it.lane = Lane::Direct;
                it.inline_max = 1_000.0;
            },
            "inline:",
        );
    }
}
