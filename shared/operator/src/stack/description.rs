use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Result, problem::Because as _};

/// The type of made-up events: only subscriptions get it that name it.
pub const TEST_TYPE: &str = "coatcheck.test";

/// What a stack is made of, as Terraform writes it into the `endpoints` table
/// (output `stack`).
#[derive(Debug, Clone, Deserialize)]
pub struct Description {
    /// The stack's name, with which the names of its parts begin.
    pub stack: String,
    /// Its AWS region.
    pub region: String,
    /// The REST API that providers post to.
    pub api: Api,
    /// Where payloads lie.
    pub bucket: String,
    /// Its tables.
    pub tables: Tables,
    /// A secret is called so and then as its endpoint.
    pub keys_prefix: String,
    /// The pipe that feeds all buffered subscriptions.
    pub router: Router,
    /// The queue of the direct lane.
    pub admit: Admit,
    /// By their names.
    pub subscriptions: BTreeMap<String, Subscription>,
    /// By their names.
    pub processors: BTreeMap<String, Processor>,
    /// By their names within the stack.
    pub functions: BTreeMap<String, Function>,
    /// Names of the alarms that exist.
    pub alarms: Vec<String>,
    /// How long things are kept.
    pub days: Days,
}

/// The REST API that providers post to.
#[derive(Debug, Clone, Deserialize)]
pub struct Api {
    /// API Gateway's name for it.
    pub id: String,
    /// The stage that is deployed.
    pub stage: String,
    /// The stage's own URL.
    pub url: String,
}

/// The names of the tables.
#[derive(Debug, Clone, Deserialize)]
pub struct Tables {
    /// Endpoints, and the stack's own description.
    pub endpoints: String,
    /// Pointers, replays and heartbeats.
    pub events: String,
    /// What processors write down.
    pub processed: String,
}

/// The pipe that feeds all buffered subscriptions.
#[derive(Debug, Clone, Deserialize)]
pub struct Router {
    /// The pipe's name.
    pub pipe: String,
    /// Where it names the places in the stream that it gave up.
    pub letters_url: String,
    /// Where the events end that it gave up.
    pub dlq_url: String,
    /// The same queue.
    pub dlq_arn: String,
}

/// The queue of what the direct lane has stored and nobody has judged yet.
#[derive(Debug, Clone, Deserialize)]
pub struct Admit {
    /// The queue.
    pub queue_url: String,
    /// The same queue.
    pub queue_arn: String,
    /// Where the objects end that `admit` could not judge.
    pub dlq_url: String,
    /// The same queue.
    pub dlq_arn: String,
}

/// Who gets which events, and how.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    /// The name of its pipe.
    pub pipe: String,
    /// Whether its pipe reads the stream itself, in order.
    pub ordered: bool,
    /// Whether Terraform wants its pipe to run.
    pub enabled: bool,
    /// Exact, `prefix.*` or `*`.
    pub types: Vec<String>,
    /// None means all.
    pub endpoints: Option<Vec<String>>,
    /// None where it is ordered.
    pub queue_url: Option<String>,
    /// The same queue.
    pub queue_arn: Option<String>,
    /// Where its pipe names the places in the stream that it gave up; none where it is buffered.
    pub letters_url: Option<String>,
    /// Where the events end that its target could not take.
    pub dlq_url: String,
    /// The same queue.
    pub dlq_arn: String,
    /// Who gets them.
    pub target: Target,
}

/// Who gets a subscription's events.
#[derive(Debug, Clone, Deserialize)]
pub struct Target {
    /// `lambda`, `express`, `standard` or `queue`.
    pub kind: String,
    /// AWS's name for it.
    pub arn: String,
    /// None where it is somebody else's.
    pub processor: Option<String>,
}

/// A processor that the stack brings along.
#[derive(Debug, Clone, Deserialize)]
pub struct Processor {
    /// `lambda`, `workflow` or `queue`.
    pub kind: String,
    /// The name of its function.
    pub function: String,
    /// Whether it writes down what it has done.
    pub idempotency: bool,
    /// Its inbox, if it is of kind `queue`.
    pub inbox_url: Option<String>,
    /// The same queue.
    pub inbox_arn: Option<String>,
    /// The inbox's DLQ.
    pub inbox_dlq_url: Option<String>,
    /// The same queue.
    pub inbox_dlq_arn: Option<String>,
}

/// A function of the stack.
#[derive(Debug, Clone, Deserialize)]
pub struct Function {
    /// Its name in AWS.
    pub name: String,
    /// Where it logs.
    pub log_group: String,
}

/// How many days things are kept.
#[derive(Debug, Clone, Deserialize)]
pub struct Days {
    /// Payloads in the bucket.
    pub payloads: u32,
    /// Pointers in the events table.
    pub pointers: u32,
    /// What processors have written down.
    pub processed: u32,
    /// Messages in queues and DLQs.
    pub queues: u32,
}

impl Description {
    /// What this version does not know in it is ignored.
    pub fn parse(text: &str) -> Result<Self> {
        serde_json::from_str(text).because(
            "the stack describes itself in another form: \
             use the command line of the version that was applied, or apply this one",
        )
    }
}

impl Subscription {
    /// Whether an event of this endpoint and type is for it.
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
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(types: &[&str], endpoints: Option<&[&str]>) -> Subscription {
        let owned = |all: &[&str]| all.iter().map(|one| (*one).to_owned()).collect();
        Subscription {
            pipe: String::new(),
            ordered: false,
            enabled: true,
            types: owned(types),
            endpoints: endpoints.map(owned),
            queue_url: None,
            queue_arn: None,
            letters_url: None,
            dlq_url: String::new(),
            dlq_arn: String::new(),
            target: Target {
                kind: "lambda".to_owned(),
                arn: String::new(),
                processor: None,
            },
        }
    }

    #[test]
    fn takes_what_the_stacks_filters_let_through() {
        let invoices = subscription(&["invoice.*", "charge"], Some(&["stripe"]));
        for (endpoint, kind, is) in [
            ("stripe", "invoice.paid", true),
            ("stripe", "charge", true),
            ("stripe", "charge.failed", false),
            ("stripe", "invoice", false),
            ("github", "invoice.paid", false),
        ] {
            assert_eq!(invoices.takes(endpoint, kind), is, "{endpoint} {kind}");
        }
        let all = subscription(&["*"], None);
        assert!(all.takes("github", "push") && !all.takes("github", "coatcheck.test"));
        assert!(subscription(&["*", "coatcheck.test"], None).takes("a", "coatcheck.test"));
    }
}
