use std::collections::BTreeSet;

use super::Dlq;
use crate::{Result, plural, problem::refuse};

/// Which messages of a DLQ to redrive or to purge.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// All of them.
    All {
        /// About how many you agreed to; if more are there by then, nothing is done. None for any
        /// number. SQS counts messages only approximately.
        at_most: Option<u64>,
    },
    /// These, by SQS's ids of the messages: all of them, or none if one is not there.
    These(BTreeSet<String>),
}

impl Selection {
    /// How many messages can be named: they are received together, and given back together if one
    /// is not there.
    pub const MOST: usize = 500;

    /// The messages of these ids.
    pub fn these(ids: impl IntoIterator<Item = String>) -> Result<Self> {
        let ids: BTreeSet<String> = ids.into_iter().collect();
        match ids.len() {
            0 => refuse!("no message is named"),
            some if some > Self::MOST => refuse!(
                "{some} messages are named: at most {} can be at once",
                Self::MOST
            ),
            _ => Ok(Self::These(ids)),
        }
    }

    /// Whether all are meant.
    pub fn is_all(&self) -> bool {
        matches!(self, Self::All { .. })
    }

    /// Refuses if more messages are there than were agreed to.
    pub(super) fn check(&self, there: u64, dlq: &Dlq<'_>) -> Result<()> {
        match self {
            Self::All {
                at_most: Some(at_most),
            } if there > *at_most => refuse!(
                "nothing was done: you agreed to about {}, and about {there} are in the DLQ of {} now. \
                 Look at the new ones, then confirm again",
                plural(*at_most, "message"),
                dlq.name
            ),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_few_are_named_and_each_counts_once() {
        let ids = |many: usize| (0..many).map(|id| id.to_string());
        assert!(Selection::these(ids(0)).is_err());
        assert!(Selection::these(ids(501)).is_err());
        let Ok(Selection::These(these)) = Selection::these(ids(500).chain(ids(500))) else {
            panic!("they are 500");
        };
        assert_eq!(these.len(), 500);
    }

    #[test]
    fn more_than_you_agreed_to_are_left_alone() {
        let description = sample();
        let dlq = Dlq::named(&description, "invoices").unwrap();
        let of = |at_most, there| Selection::All { at_most }.check(there, &dlq);
        assert!(of(None, 1_000_000).is_ok());
        assert!(of(Some(3), 3).is_ok() && of(Some(3), 2).is_ok());
        let problem = of(Some(3), 5).unwrap_err().to_string();
        assert!(problem.contains("agreed to about 3 messages") && problem.contains("about 5"));
        assert!(
            Selection::these(["m1".to_owned()])
                .unwrap()
                .check(9, &dlq)
                .is_ok()
        );
    }
}
