use std::time::Duration;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum End {
    Delivered {
        took: Duration,
    },
    /// It was delivered before.
    Skipped,
    /// The attempt failed, and there will be another.
    Failed {
        wait: Duration,
    },
    /// It is in the DLQ.
    GivenUp {
        attempted: bool,
    },
    /// There was no attempt, so this is no try. It comes again.
    Held {
        wait: Duration,
    },
    /// The destination is gone. The event stays in the queue.
    Paused {
        wait: Duration,
    },
}

impl End {
    /// After which time the message comes again; `None`: it is deleted.
    pub(crate) fn comes_again(&self) -> Option<Duration> {
        match self {
            Self::Failed { wait } | Self::Held { wait } | Self::Paused { wait } => Some(*wait),
            Self::Delivered { .. } | Self::Skipped | Self::GivenUp { .. } => None,
        }
    }

    /// Whether the destination was asked.
    pub(crate) fn was_attempted(&self) -> bool {
        match self {
            Self::Delivered { .. } | Self::Failed { .. } | Self::Paused { .. } => true,
            Self::GivenUp { attempted } => *attempted,
            Self::Skipped | Self::Held { .. } => false,
        }
    }
}
