use std::collections::BTreeMap;

use domain::{Filter, Heartbeat};
use serde::Deserialize;

use crate::event::Facts;

/// An operator's test: a subscription gets it only if it names this type.
const TEST_TYPE: &str = "coatcheck.test";

/// An ordered subscription: what it wants, and its queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Ordered {
    pub(crate) name: String,
    pub(crate) queue_url: String,
    /// Exact, `prefix.*` or `*`.
    types: Vec<String>,
    /// `None`: all.
    endpoints: Option<Vec<String>>,
    /// What the event's attributes must be; `None`: anything.
    filter: Option<Filter>,
    /// Whether it wants quarantined events, and no others.
    quarantined: bool,
}

#[derive(Deserialize)]
struct Description {
    subscriptions: BTreeMap<String, Subscription>,
}

#[derive(Deserialize)]
struct Subscription {
    ordered: bool,
    types: Vec<String>,
    endpoints: Option<Vec<String>>,
    #[serde(default)]
    filter: Option<Filter>,
    #[serde(default)]
    quarantined: bool,
    queue_url: String,
}

impl Ordered {
    /// The ordered subscriptions in the stack's description.
    pub(crate) fn of_stack(description: &str) -> Result<Vec<Self>, serde_json::Error> {
        let description: Description = serde_json::from_str(description)?;
        let ordered = description.subscriptions.into_iter();
        Ok(ordered
            .filter(|(_, subscription)| subscription.ordered)
            .map(|(name, subscription)| Self {
                name,
                queue_url: subscription.queue_url,
                types: subscription.types,
                endpoints: subscription.endpoints,
                filter: subscription.filter,
                quarantined: subscription.quarantined,
            })
            .collect())
    }

    /// Whether it wants the event. As the filters of the topic and of the queue's reader decide for a buffered subscription
    /// (`terraform/modules/subscription/queue.tf`). They compare order texts of numbers, and this the numbers: one by one
    /// that costs nothing, and the stack's description has no room for many patterns.
    pub(crate) fn wants(&self, event: &Facts) -> bool {
        let endpoint = event.source.strip_prefix("/endpoints/").unwrap_or_default();
        let from = match &self.endpoints {
            None => endpoint != Heartbeat::ENDPOINT,
            Some(endpoints) => endpoints.iter().any(|name| name == endpoint),
        };
        let passes = |filter: &Filter| filter.passes(|name| event.attribute(name));
        let is_quarantined = event.check == "quarantined";
        is_quarantined == self.quarantined
            && from
            && self.types.iter().any(|wanted| takes(wanted, &event.kind))
            && self.filter.as_ref().is_none_or(passes)
    }
}

fn takes(wanted: &str, kind: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some("") => kind != TEST_TYPE,
        Some(prefix) => kind.starts_with(prefix),
        None => kind == wanted,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn facts(kind: &str, endpoint: &str) -> Facts {
        Facts {
            kind: kind.to_owned(),
            source: format!("/endpoints/{endpoint}"),
            reference: String::new(),
            group: String::new(),
            delivery_id: String::new(),
            others: HashMap::new(),
            check: String::new(),
        }
    }

    fn ordered(types: &[&str], endpoints: Option<&[&str]>) -> Ordered {
        let all = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Ordered {
            name: "ledger".to_owned(),
            queue_url: String::new(),
            types: all(types),
            endpoints: endpoints.map(all),
            filter: None,
            quarantined: false,
        }
    }

    #[test]
    fn types_and_endpoints_decide() {
        let some = ordered(&["push", "invoice.*"], Some(&["stripe"]));
        for (kind, endpoint, wanted) in [
            ("push", "stripe", true),
            ("push", "github", false),
            ("pushed", "stripe", false),
            ("invoice.paid", "stripe", true),
            ("invoice", "stripe", false),
            ("invoices.paid", "stripe", false),
        ] {
            assert_eq!(some.wants(&facts(kind, endpoint)), wanted, "{kind}");
        }
    }

    #[test]
    fn all_means_neither_tests_nor_heartbeats() {
        let all = ordered(&["*"], None);
        assert!(all.wants(&facts("anything", "stripe")));
        assert!(!all.wants(&facts("coatcheck.test", "stripe")));
        assert!(!all.wants(&facts("coatcheck.heartbeat", "-")));
        assert!(ordered(&["coatcheck.test"], None).wants(&facts("coatcheck.test", "stripe")));
    }

    #[test]
    fn a_filter_decides_by_what_the_event_has() {
        let description = r#"{"subscriptions": {"a": {"ordered": true, "types": ["push"], "endpoints": null,
            "filter": "{\"plan\":[{\"anything-but\":\"50%\"}],\"amount\":[{\"numeric\":[\">\",100]}]}",
            "queue_url": "https://a.fifo"}}}"#;
        let read = Ordered::of_stack(description).unwrap();
        for (plan, amount, wanted) in [
            ("pro", "101", true),
            ("pro", "100", false),
            // As the pointer stores it.
            ("50%25", "101", false),
            ("50%", "101", false),
            ("", "101", false),
            ("pro", "", false),
        ] {
            let mut event = facts("push", "stripe");
            for (name, value) in [("plan", plan), ("amount", amount)] {
                event.others.insert(name.to_owned(), value.into());
            }
            assert_eq!(read[0].wants(&event), wanted, "{plan} {amount}");
        }
        // A template from before the endpoint declared them.
        assert!(!read[0].wants(&facts("push", "stripe")));
        let broken = description.replace("anything-but", "wildcard");
        assert!(Ordered::of_stack(&broken).is_err());
    }

    #[test]
    fn quarantined_events_are_for_those_that_ask_for_them() {
        let (others, asking) = (
            ordered(&["*"], None),
            Ordered {
                quarantined: true,
                ..ordered(&["push"], None)
            },
        );
        for (check, expected) in [
            ("", [true, false]),
            ("passed", [true, false]),
            ("failed", [true, false]),
            ("quarantined", [false, true]),
        ] {
            let event = Facts {
                check: check.to_owned(),
                ..facts("push", "stripe")
            };
            assert_eq!(
                [&others, &asking].map(|one| one.wants(&event)),
                expected,
                "{check}"
            );
        }
        let pull = Facts {
            check: "quarantined".to_owned(),
            ..facts("pull", "stripe")
        };
        assert!(!asking.wants(&pull));
    }

    #[test]
    fn only_ordered_ones_are_fed() {
        let description = r#"{"stack": "s", "subscriptions": {
            "a": {"ordered": false, "types": ["*"], "endpoints": null, "queue_url": "https://a"},
            "b": {"ordered": true, "types": ["push"], "endpoints": ["github"], "queue_url": "https://b.fifo", "more": 1}
        }}"#;
        let read = Ordered::of_stack(description).unwrap();
        assert_eq!(read.len(), 1);
        assert_eq!(
            (read[0].name.as_str(), read[0].queue_url.as_str()),
            ("b", "https://b.fifo")
        );
        assert!(Ordered::of_stack("{}").is_err());
    }
}
