//! What a script may say.

use std::fmt;

/// How one call to a store goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fate {
    /// It succeeds.
    Done,
    /// It fails for now, and nothing was done. So does a 409, which the adapters of S3 and DynamoDB report like this.
    Fails,
    /// It is refused for good.
    Refused,
    /// It was done, but the answer was lost.
    Lost,
    /// It was done, the answer was lost, and the adapter repeats it: S3 says 412, DynamoDB that the condition failed.
    Again,
    /// The process dies before the call arrives.
    DiesBefore,
    /// The process dies when the call was done.
    DiesAfter,
}

impl Fate {
    /// All that goes wrong.
    pub(crate) const FAULTS: [Self; 6] = [
        Self::Fails,
        Self::Lost,
        Self::Again,
        Self::DiesBefore,
        Self::DiesAfter,
        Self::Refused,
    ];
}

/// Which bytes a delivery has, and who signs it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sent {
    /// The provider, with the event's first bytes.
    First,
    /// The provider, with other bytes: some change fields between retries.
    Altered,
    /// The provider, under the key before the current one.
    UnderThePreviousKey,
    /// A stranger, who has no key.
    Forged,
}

/// The time that passes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wait {
    /// Longer than a delivery or an object may take, and than keys and endpoints are remembered.
    Minute,
    /// Past the age floor of the sweep. Every invocation is over then.
    AgeFloor,
}

/// One thing that happens. Numbers are taken modulo what there is, so that every script means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Action {
    /// A delivery of this event begins.
    Deliver(u8, Sent),
    /// `admit` begins with this message, or receives it again.
    Admit(u8),
    /// `sweep` begins.
    Sweep,
    /// One running invocation gets the answer to one call.
    Step(u8, Fate),
    /// An operator rotates the endpoint's key.
    Rotate,
    /// An operator changes the endpoint's configuration.
    Configure,
    /// Time passes.
    Wait(Wait),
}

/// By which way deliveries come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// Through `ingest`.
    Standard,
    /// Straight to S3, then through `admit`.
    Direct,
}

/// A script, and where it begins.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Script {
    pub(crate) way: Way,
    /// Which of the configurations of [`crate::provider::CONFIGS`] is the first.
    pub(crate) config: usize,
    /// Whether to read keys and endpoints takes no turn.
    pub(crate) quick: bool,
    pub(crate) actions: Vec<Action>,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{:?} lane, configuration {}, quick {}:",
            self.way, self.config, self.quick
        )?;
        for action in &self.actions {
            write!(f, "\n  {action:?}")?;
        }
        Ok(())
    }
}
