use std::collections::BTreeMap;

use serde::Deserialize;

use crate::{Result, problem::Because as _};

/// The type of made-up events: only subscriptions get it that name it.
pub const TEST_TYPE: &str = "coatcheck.test";

/// What a stack is made of, as Terraform writes it into the `endpoints` table
/// (output `stack`).
#[derive(Debug, Clone, Deserialize)]
pub struct Description {
    pub(crate) stack: String,
    pub(crate) region: String,
    pub(crate) api: Api,
    pub(crate) bucket: String,
    pub(crate) tables: Tables,
    /// A secret is called so and then as its endpoint.
    pub(crate) keys_prefix: String,
    pub(crate) router: Router,
    pub(crate) admit: Admit,
    /// By their names.
    pub subscriptions: BTreeMap<String, Subscription>,
    pub(crate) processors: BTreeMap<String, Processor>,
    pub(crate) functions: BTreeMap<String, Function>,
    /// Names of the alarms that exist.
    pub(crate) alarms: Vec<String>,
    pub(crate) days: Days,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Api {
    pub(crate) id: String,
    pub(crate) stage: String,
    pub(crate) url: String,
}

#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Tables {
    pub(crate) endpoints: String,
    pub(crate) events: String,
    pub(crate) processed: String,
}

/// The pipe that feeds all buffered subscriptions.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Router {
    pub(crate) pipe: String,
    pub(crate) letters_url: String,
    pub(crate) dlq_url: String,
    pub(crate) dlq_arn: String,
}

/// The queue of what the direct lane has stored and nobody has judged yet.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Admit {
    pub(crate) queue_url: String,
    pub(crate) queue_arn: String,
    pub(crate) dlq_url: String,
    pub(crate) dlq_arn: String,
}

/// Who gets which events, and how.
#[derive(Debug, Clone, Deserialize)]
pub struct Subscription {
    pub(crate) pipe: String,
    /// Whether its pipe reads the stream itself, in order.
    pub ordered: bool,
    /// Whether Terraform wants its pipe to run.
    pub enabled: bool,
    /// Exact, `prefix.*` or `*`.
    pub types: Vec<String>,
    /// None means all.
    pub endpoints: Option<Vec<String>>,
    /// None where it is ordered.
    pub(crate) queue_url: Option<String>,
    pub(crate) queue_arn: Option<String>,
    /// None where it is buffered.
    pub(crate) letters_url: Option<String>,
    pub(crate) dlq_url: String,
    pub(crate) dlq_arn: String,
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
pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) log_group: String,
}

/// How long things are kept.
#[derive(Debug, Clone, Deserialize)]
pub(crate) struct Days {
    pub(crate) payloads: u32,
    pub(crate) pointers: u32,
    pub(crate) processed: u32,
    pub(crate) queues: u32,
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
