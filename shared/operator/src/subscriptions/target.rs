//! Whether a subscription's target exists. EventBridge reports `RUNNING` for a pipe whose
//! target was deleted.

use aws::operator::Targets;
use domain::StoreError;

use super::Meaning;
use crate::{
    Tone,
    problem::{in_short, next_step},
    stack::Subscription,
};

/// The state of a pipe that runs and whose target does not exist. It is ours, like `NOT_FOUND`.
pub const TARGET_MISSING: &str = "TARGET_MISSING";

/// Looks targets up.
pub(crate) trait TargetLookup {
    /// Whether the target of this ARN exists.
    async fn exists(&self, arn: &str) -> Result<bool, StoreError>;
}

impl TargetLookup for Targets {
    async fn exists(&self, arn: &str) -> Result<bool, StoreError> {
        Self::exists(self, arn).await
    }
}

/// The kinds that are looked up. Of the others, a pipe's failures tell.
const LOOKED_UP: [&str; 4] = ["lambda", "express", "standard", "queue"];

/// Whether a target exists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TargetState {
    /// It exists.
    Exists,
    /// It does not exist.
    Missing,
    /// Nobody looked: it is of a kind for which there is no check.
    Unchecked,
    /// It is an HTTP destination, which only deliveries can check.
    Elsewhere,
    /// The check failed.
    Unknown {
        /// Why.
        why: String,
        /// What to do.
        remedy: String,
    },
}

impl TargetState {
    /// Checks the target of a subscription.
    pub(crate) async fn look_up(targets: &impl TargetLookup, one: &Subscription) -> Self {
        if one.target.kind == "http" {
            return Self::Elsewhere;
        }
        let arn = &one.target.arn;
        if !LOOKED_UP.contains(&one.target.kind.as_str()) {
            return Self::Unchecked;
        }
        // The DLQ is in the stack's own account.
        let elsewhere = account(arn).filter(|theirs| account(&one.dlq_arn) != Some(theirs));
        match (targets.exists(arn).await, elsewhere) {
            (Ok(true), _) => Self::Exists,
            (Ok(false), None) => Self::Missing,
            (Ok(false), Some(theirs)) => Self::Unknown {
                why: format!("{arn} does not exist, or its account does not let you see it"),
                remedy: format!("check in the account {theirs} that it exists"),
            },
            (Err(error), Some(theirs)) => Self::Unknown {
                why: in_short(&error),
                remedy: format!(
                    "check it in the account {theirs}, or let that account allow you to see it"
                ),
            },
            (Err(error), None) => Self::Unknown {
                why: in_short(&error),
                remedy: next_step(&error),
            },
        }
    }

    /// `None`: the check failed, or there is none.
    pub fn exists(&self) -> Option<bool> {
        match self {
            Self::Exists => Some(true),
            Self::Missing => Some(false),
            Self::Unchecked | Self::Elsewhere | Self::Unknown { .. } => None,
        }
    }

    /// The subscription's state, from that of its pipe.
    pub fn state<'a>(&self, pipe: &'a str) -> &'a str {
        match (self, pipe) {
            (Self::Missing, "RUNNING") => TARGET_MISSING,
            _ => pipe,
        }
    }

    /// What a missing target means.
    pub fn meaning(&self, name: &str, one: &Subscription) -> Option<Meaning> {
        if *self != Self::Missing {
            return None;
        }
        let arn = &one.target.arn;
        let again = if one.target.processor.is_some() {
            "terraform apply".to_owned()
        } else {
            format!(
                "create {arn} again, or name another target in the subscription and terraform apply"
            )
        };
        Some(Meaning {
            tone: Tone::Bad,
            text: format!(
                "delivers to {arn}, which does not exist: events end up in its DLQ after their retries"
            ),
            remedy: Some(format!("{again}; then coatcheck dlq redrive {name}")),
            loses: one.enabled,
        })
    }

    /// A remark for people, if the check failed.
    pub fn why_unknown(&self, name: &str) -> Option<String> {
        match self {
            Self::Unknown { why, remedy } => Some(format!(
                "the target of {name} was not checked: {why}; {remedy}"
            )),
            _ => None,
        }
    }
}

/// The account that an ARN names.
fn account(arn: &str) -> Option<&str> {
    arn.split(':').nth(4)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::{StackDescription, sample};

    /// Knows one target, and fails if it is asked about another.
    struct Fake(&'static str, fn() -> Result<bool, StoreError>);

    impl TargetLookup for Fake {
        async fn exists(&self, arn: &str) -> Result<bool, StoreError> {
            assert_eq!(arn, self.0);
            self.1()
        }
    }

    const OURS: &str = "arn:aws:lambda:eu-central-1:1:function:coatcheck-invoices";
    const THEIRS: &str = "arn:aws:sqs:eu-central-1:2:ledger.fifo";

    fn denied() -> Result<bool, StoreError> {
        Err(StoreError::Permanent {
            operation: "lambda:GetFunctionConfiguration",
            source: "AccessDeniedException: no".into(),
        })
    }

    fn description() -> StackDescription {
        let mut description = sample();
        for one in description.subscriptions.values_mut() {
            one.dlq_arn = "arn:aws:sqs:eu-central-1:1:dlq".to_owned();
        }
        description
    }

    async fn look_up(
        name: &str,
        arn: &'static str,
        reply: fn() -> Result<bool, StoreError>,
    ) -> TargetState {
        TargetState::look_up(&Fake(arn, reply), &description().subscriptions[name]).await
    }

    #[tokio::test]
    async fn a_running_pipe_to_nothing_has_a_state_of_its_own() {
        let missing = look_up("invoices", OURS, || Ok(false)).await;
        assert_eq!(missing, TargetState::Missing);
        assert_eq!(missing.exists(), Some(false));
        // What else is wrong with it comes first.
        for (pipe, state) in [
            ("RUNNING", "TARGET_MISSING"),
            ("STOPPED", "STOPPED"),
            ("NOT_FOUND", "NOT_FOUND"),
        ] {
            assert_eq!(missing.state(pipe), state);
        }
        let existing = look_up("invoices", OURS, || Ok(true)).await;
        assert_eq!(
            (existing.exists(), existing.state("RUNNING")),
            (Some(true), "RUNNING")
        );
        assert_eq!(
            existing.meaning("invoices", &description().subscriptions["invoices"]),
            None
        );
    }

    #[test]
    fn it_says_what_becomes_of_events_and_what_to_do() {
        let description = description();
        for (name, arn, remedy) in [
            (
                "invoices",
                OURS,
                "terraform apply; then coatcheck dlq redrive invoices",
            ),
            ("ledger", THEIRS, "name another target"),
        ] {
            let meaning = TargetState::Missing.meaning(name, &description.subscriptions[name]);
            let meaning = meaning.unwrap();
            assert!(meaning.text.contains(arn) && meaning.text.contains("DLQ"));
            assert!(meaning.remedy.unwrap().contains(remedy));
            assert!(meaning.tone == Tone::Bad && meaning.loses);
        }
    }

    #[tokio::test]
    async fn a_kind_without_a_check_is_not_looked_up_and_nothing_is_said() {
        for kind in ["bus", "kinesis", "firehose", "ecs", "batch"] {
            let mut description = description();
            let one = description.subscriptions.get_mut("ledger").unwrap();
            one.target.kind = kind.to_owned();
            // This would fail the test if it were asked about another ARN, and say "missing" of this one.
            let state = TargetState::look_up(&Fake(THEIRS, || Ok(false)), one).await;
            assert_eq!(state, TargetState::Unchecked, "{kind}");
            assert_eq!((state.exists(), state.state("RUNNING")), (None, "RUNNING"));
            assert_eq!(state.why_unknown("ledger"), None);
            assert_eq!(state.meaning("ledger", one), None);
        }
    }

    #[tokio::test]
    async fn a_check_that_failed_is_said_and_nothing_is_called_missing() {
        let ours = look_up("invoices", OURS, denied).await;
        assert_eq!((ours.exists(), ours.state("RUNNING")), (None, "RUNNING"));
        let text = ours.why_unknown("invoices").unwrap();
        assert!(
            text.contains("invoices") && text.contains("lambda:GetFunctionConfiguration"),
            "{text}"
        );
        // SQS says of another account's queue that there is none, too, if it may not be seen.
        for answer in [denied as fn() -> _, || Ok(false)] {
            let theirs = look_up("ledger", THEIRS, answer).await;
            assert_eq!(theirs.exists(), None);
            assert!(
                theirs
                    .why_unknown("ledger")
                    .unwrap()
                    .contains("the account 2")
            );
        }
    }
}
