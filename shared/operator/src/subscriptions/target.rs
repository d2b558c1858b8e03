//! Whether what a subscription's pipe delivers to is there at all. EventBridge says
//! `RUNNING` of a pipe whose target somebody has deleted.

use aws::operator::Targets;
use domain::StoreError;

use super::Meaning;
use crate::{
    Tone,
    problem::{in_short, next_step},
    stack::Subscription,
};

/// The state of a pipe that runs and delivers to nothing; in our words, as `NOT_FOUND`.
pub const TARGET_MISSING: &str = "TARGET_MISSING";

/// What there is to deliver to.
pub(crate) trait Delivered {
    /// Whether the target of this ARN exists.
    async fn exists(&self, arn: &str) -> Result<bool, StoreError>;
}

impl Delivered for Targets {
    async fn exists(&self, arn: &str) -> Result<bool, StoreError> {
        Self::exists(self, arn).await
    }
}

/// What a look at a target has shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seen {
    /// It exists.
    There,
    /// It does not.
    Missing,
    /// Nobody could look.
    Unseen {
        /// Why not.
        why: String,
        /// What to do about that.
        remedy: String,
    },
}

impl Seen {
    /// A look at the target of a subscription.
    pub(crate) async fn of(targets: &impl Delivered, one: &Subscription) -> Self {
        let arn = &one.target.arn;
        // The queue is the stack's own.
        let elsewhere = account(arn).filter(|theirs| account(&one.dlq_arn) != Some(theirs));
        match (targets.exists(arn).await, elsewhere) {
            (Ok(true), _) => Self::There,
            (Ok(false), None) => Self::Missing,
            (Ok(false), Some(theirs)) => Self::Unseen {
                why: format!("{arn} is not there, or its account lets nobody here look at it"),
                remedy: format!("ask in the account {theirs} whether it exists"),
            },
            (Err(error), Some(theirs)) => Self::Unseen {
                why: in_short(&error),
                remedy: format!("ask in the account {theirs}, which says who may look at it"),
            },
            (Err(error), None) => Self::Unseen {
                why: in_short(&error),
                remedy: next_step(&error),
            },
        }
    }

    /// `None`: nobody could look.
    pub fn exists(&self) -> Option<bool> {
        match self {
            Self::There => Some(true),
            Self::Missing => Some(false),
            Self::Unseen { .. } => None,
        }
    }

    /// What the subscription's state is, if its pipe's is this.
    pub fn state<'a>(&self, pipe: &'a str) -> &'a str {
        match (self, pipe) {
            (Self::Missing, "RUNNING") => TARGET_MISSING,
            _ => pipe,
        }
    }

    /// What a missing target comes to.
    pub fn meaning(&self, name: &str, one: &Subscription) -> Option<Meaning> {
        if *self != Self::Missing {
            return None;
        }
        let arn = &one.target.arn;
        let again = if one.target.processor.is_some() {
            "terraform apply".to_owned()
        } else {
            format!(
                "make {arn} again, or name another target in the subscription and terraform apply"
            )
        };
        Some(Meaning {
            tone: Tone::Bad,
            text: format!(
                "delivers to {arn}, which does not exist: what comes ends in its DLQ after its retries"
            ),
            remedy: Some(format!("{again}; then coatcheck dlq redrive {name}")),
            loses: one.enabled,
        })
    }

    /// What to say where nobody could look.
    pub fn unseen(&self, name: &str) -> Option<String> {
        match self {
            Self::Unseen { why, remedy } => Some(format!(
                "the target of {name} was not looked at: {why}; {remedy}"
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
    use crate::stack::{Description, sample};

    /// Answers so, and only about the one that it is to be asked about.
    struct Fake(&'static str, fn() -> Result<bool, StoreError>);

    impl Delivered for Fake {
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

    fn description() -> Description {
        let mut description = sample();
        for one in description.subscriptions.values_mut() {
            one.dlq_arn = "arn:aws:sqs:eu-central-1:1:dlq".to_owned();
        }
        description
    }

    async fn seen(name: &str, arn: &'static str, told: fn() -> Result<bool, StoreError>) -> Seen {
        Seen::of(&Fake(arn, told), &description().subscriptions[name]).await
    }

    #[tokio::test]
    async fn a_running_pipe_to_nothing_has_a_state_of_its_own() {
        let missing = seen("invoices", OURS, || Ok(false)).await;
        assert_eq!(missing, Seen::Missing);
        assert_eq!(missing.exists(), Some(false));
        // What else is wrong with it comes first.
        for (pipe, state) in [
            ("RUNNING", "TARGET_MISSING"),
            ("STOPPED", "STOPPED"),
            ("NOT_FOUND", "NOT_FOUND"),
        ] {
            assert_eq!(missing.state(pipe), state);
        }
        let there = seen("invoices", OURS, || Ok(true)).await;
        assert_eq!(
            (there.exists(), there.state("RUNNING")),
            (Some(true), "RUNNING")
        );
        assert_eq!(
            there.meaning("invoices", &description().subscriptions["invoices"]),
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
            let meaning = Seen::Missing.meaning(name, &description.subscriptions[name]);
            let meaning = meaning.unwrap();
            assert!(meaning.text.contains(arn) && meaning.text.contains("DLQ"));
            assert!(meaning.remedy.unwrap().contains(remedy));
            assert!(meaning.tone == Tone::Bad && meaning.loses);
        }
    }

    #[tokio::test]
    async fn who_may_not_look_is_told_so_and_nothing_is_called_missing() {
        let ours = seen("invoices", OURS, denied).await;
        assert_eq!((ours.exists(), ours.state("RUNNING")), (None, "RUNNING"));
        let told = ours.unseen("invoices").unwrap();
        assert!(
            told.contains("invoices") && told.contains("lambda:GetFunctionConfiguration"),
            "{told}"
        );
        // SQS says of another account's queue that there is none, too, if it may not be seen.
        for answer in [denied as fn() -> _, || Ok(false)] {
            let theirs = seen("ledger", THEIRS, answer).await;
            assert_eq!(theirs.exists(), None);
            assert!(theirs.unseen("ledger").unwrap().contains("the account 2"));
        }
    }
}
