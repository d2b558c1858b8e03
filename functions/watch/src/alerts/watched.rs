use std::collections::BTreeMap;

use serde::Deserialize;

/// What of the stack's description the alerts need: the part that Terraform writes into the
/// endpoints table.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) struct Watched {
    pub(crate) stack: String,
    pub(crate) region: String,
    router: Part,
    admit: Part,
    /// Feeds the ordered subscriptions, if there are any.
    fan: Option<Part>,
    subscriptions: BTreeMap<String, SubscriptionPart>,
    processors: BTreeMap<String, ProcessorPart>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct Part {
    dlq_url: String,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct SubscriptionPart {
    dlq_url: String,
    /// There is one if the function `deliver` reads it.
    deliver: Option<DeliverPart>,
    target: TargetPart,
}

/// Only whether it is there counts.
#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct DeliverPart {}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct TargetPart {
    processor: Option<String>,
}

#[derive(Debug, Default, PartialEq, Eq, Deserialize)]
struct ProcessorPart {
    idempotency: bool,
    inbox_dlq_url: Option<String>,
}

/// A DLQ to look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct WatchedDlq {
    /// Its name on the command line.
    pub(crate) name: String,
    pub(crate) url: String,
    /// The processor that recorded why; none if there is none, or if it records nothing.
    pub(crate) processor: Option<String>,
}

impl Watched {
    /// All DLQs, by the names that the command line gives them.
    pub(crate) fn dlqs(&self) -> Vec<WatchedDlq> {
        let recorded = |name: &str| self.processors.get(name).is_some_and(|one| one.idempotency);
        let part = |name: &str, part: &Part| WatchedDlq {
            name: name.to_owned(),
            url: part.dlq_url.clone(),
            processor: None,
        };
        let subscriptions = self.subscriptions.iter().map(|(name, one)| WatchedDlq {
            name: name.clone(),
            url: one.dlq_url.clone(),
            processor: one.target.processor.clone().filter(|name| recorded(name)),
        });
        let inboxes = self.processors.iter().filter_map(|(name, one)| {
            Some(WatchedDlq {
                name: format!("processor:{name}"),
                url: one.inbox_dlq_url.clone()?,
                processor: one.idempotency.then(|| name.clone()),
            })
        });
        [part("router", &self.router), part("admit", &self.admit)]
            .into_iter()
            .chain(self.fan.as_ref().map(|fan| part("fan", fan)))
            .chain(subscriptions)
            .chain(inboxes)
            .collect()
    }

    /// Whether events wait in a queue while this pipe does not run. If not, they wait in the
    /// stream, which forgets them after a day.
    pub(crate) fn has_queue(&self, subscription: &str) -> bool {
        self.subscriptions.contains_key(subscription)
    }

    /// Whether the function `deliver` reads it through a mapping, and no pipe does.
    pub(crate) fn is_delivered(&self, subscription: &str) -> bool {
        let found = self.subscriptions.get(subscription);
        found.is_some_and(|one| one.deliver.is_some())
    }
}

#[cfg(test)]
pub(crate) const SAMPLE: &str = r#"{
    "stack": "coatcheck", "region": "eu-west-1", "bucket": "b",
    "router": {"pipe": "coatcheck-router", "dlq_url": "https://sqs/router-dlq"},
    "admit": {"dlq_url": "https://sqs/admit-dlq"},
    "fan": {"pipe": "coatcheck-fan", "dlq_url": "https://sqs/fan-dlq"},
    "subscriptions": {
        "crm": {"pipe": null, "deliver": {"function": "coatcheck-deliver-crm"}, "dlq_url": "https://sqs/crm-dlq", "ordered": false, "target": {"processor": null}},
        "foreign": {"dlq_url": "https://sqs/foreign-dlq", "ordered": false, "target": {"processor": null}},
        "invoices": {"dlq_url": "https://sqs/invoices-dlq", "deliver": null, "ordered": false, "target": {"processor": "invoices"}},
        "ledger": {"dlq_url": "https://sqs/ledger-dlq", "ordered": true, "target": {"processor": "plain"}}
    },
    "processors": {
        "invoices": {"idempotency": true, "inbox_dlq_url": null},
        "plain": {"idempotency": false, "inbox_dlq_url": null},
        "slow": {"idempotency": true, "inbox_dlq_url": "https://sqs/slow-inbox-dlq"}
    }
}"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_dlq_of_the_stack_is_watched() {
        let watched: Watched = serde_json::from_str(SAMPLE).unwrap();
        let dlqs = watched.dlqs();
        let all: Vec<_> = dlqs
            .iter()
            .map(|one| {
                (
                    one.name.as_str(),
                    one.url.as_str(),
                    one.processor.as_deref(),
                )
            })
            .collect();
        assert_eq!(
            all,
            [
                ("router", "https://sqs/router-dlq", None),
                ("admit", "https://sqs/admit-dlq", None),
                ("fan", "https://sqs/fan-dlq", None),
                ("crm", "https://sqs/crm-dlq", None),
                ("foreign", "https://sqs/foreign-dlq", None),
                ("invoices", "https://sqs/invoices-dlq", Some("invoices")),
                ("ledger", "https://sqs/ledger-dlq", None),
                ("processor:slow", "https://sqs/slow-inbox-dlq", Some("slow")),
            ]
        );
    }

    #[test]
    fn a_pipe_of_the_stream_has_no_queue() {
        let watched: Watched = serde_json::from_str(SAMPLE).unwrap();
        assert!(watched.has_queue("invoices") && watched.has_queue("ledger"));
        assert!(!watched.has_queue("fan") && !watched.has_queue("router"));
    }
    #[test]
    fn a_mapping_feeds_what_deliver_reads() {
        let watched: Watched = serde_json::from_str(SAMPLE).unwrap();
        assert!(watched.is_delivered("crm"));
        assert!(!watched.is_delivered("invoices") && !watched.is_delivered("foreign"));
    }
}
