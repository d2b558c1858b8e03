//! Who records what became of a subscription's events.

use aws::operator::Record;

use super::{StackDescription, Subscription};

impl StackDescription {
    /// What the function `deliver` of a subscription is called in the stack, in its records too. None: a
    /// pipe delivers.
    pub(crate) fn deliverer<'a>(&self, subscription: &'a Subscription) -> Option<&'a str> {
        let deliver = subscription.deliver.as_ref()?;
        let name = deliver.function.strip_prefix(&self.stack)?;
        name.strip_prefix('-')
    }

    /// The functions whose logs and records may be about this subscription's events: the processor that
    /// is its target, and then `deliver`, through which an event comes to it.
    pub(crate) fn handlers<'a>(
        &self,
        subscription: &'a Subscription,
    ) -> impl Iterator<Item = &'a str> {
        let processor = subscription.target.processor.as_deref();
        processor.into_iter().chain(self.deliverer(subscription))
    }

    /// Those of them that keep records. None: what becomes of its events is not recorded.
    pub(crate) fn record_keepers<'a>(&self, subscription: &'a Subscription) -> Vec<&'a str> {
        let keeps = |name: &&str| {
            let processor = self.processors.get(*name);
            processor.is_some_and(|processor| processor.idempotency)
        };
        let processor = subscription.target.processor.as_deref();
        let processor = processor.filter(keeps).into_iter();
        processor.chain(self.deliverer(subscription)).collect()
    }
}

/// The record that says what became of an event, of those that these keepers have: the first one's. What a
/// later one has completed is with the first one.
pub(crate) fn decisive<'a>(
    keepers: &[&str],
    record_of: impl Fn(&str) -> Option<&'a Record>,
) -> Option<&'a Record> {
    let (first, others) = keepers.split_first()?;
    let handed_on = |record: &&Record| record.state != "completed";
    let earlier = || {
        others
            .iter()
            .find_map(|keeper| record_of(keeper).filter(handed_on))
    };
    record_of(first).or_else(earlier)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{delivered, sample};

    #[test]
    fn a_processor_is_asked_first_and_then_what_delivers_to_it() {
        let mut description = sample();
        let of = |description: &StackDescription, name: &str| {
            let one = description.subscriptions[name].clone();
            let names = |all: Vec<&str>| all.join(" ");
            names(description.record_keepers(&one))
        };
        assert_eq!(of(&description, "invoices"), "invoices");
        assert_eq!(of(&description, "ledger"), "");
        description.subscriptions = delivered().subscriptions;
        assert_eq!(of(&description, "crm"), "deliver-crm");
        assert_eq!(of(&description, "paced"), "invoices deliver-paced");
        let invoices = description.processors.get_mut("invoices").unwrap();
        invoices.idempotency = false;
        assert_eq!(of(&description, "paced"), "deliver-paced");
    }

    #[test]
    fn what_was_only_handed_on_decides_nothing() {
        let record = |processor: &str, state: &str| Record {
            processor: processor.to_owned(),
            state: state.to_owned(),
            ..Record::default()
        };
        let keepers = ["invoices", "deliver-paced"];
        for (records, decides) in [
            (vec![], None),
            (vec![record("deliver-paced", "completed")], None),
            (
                vec![record("deliver-paced", "failed")],
                Some("deliver-paced"),
            ),
            (
                vec![
                    record("deliver-paced", "failed"),
                    record("invoices", "completed"),
                ],
                Some("invoices"),
            ),
        ] {
            let of = |name: &str| records.iter().find(|record| record.processor == name);
            let found = decisive(&keepers, of);
            assert_eq!(found.map(|record| record.processor.as_str()), decides);
        }
        let alone = record("deliver-crm", "completed");
        assert!(decisive(&["deliver-crm"], |_| Some(&alone)).is_some());
    }
}
