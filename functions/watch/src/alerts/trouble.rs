use std::fmt;

/// What an alert is about.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) enum Trouble {
    /// Dead letters are in the DLQ that the command line calls by this name.
    DeadLetters(String),
    /// The pipe of this name does not run, or the mapping in its place.
    PipeDown(String),
    /// Deliveries of this subscription have stopped, because its destination fails.
    DestinationFails(String),
    /// This subscription is paused, because its destination said that it is gone.
    DestinationGone(String),
    /// The endpoint of this name refuses most of its deliveries.
    MostRefused(String),
}

impl Trouble {
    /// The trouble of this key, `None` if the text is not one.
    pub(crate) fn of_key(key: &str) -> Option<Self> {
        let (kind, name) = key.split_once(':')?;
        let name = name.to_owned();
        match kind {
            "dlq" => Some(Self::DeadLetters(name)),
            "pipe" => Some(Self::PipeDown(name)),
            "breaker" => Some(Self::DestinationFails(name)),
            "gone" => Some(Self::DestinationGone(name)),
            "endpoint" => Some(Self::MostRefused(name)),
            _ => None,
        }
    }

    /// What it is about: a DLQ, a pipe, a subscription or an endpoint.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::DeadLetters(name)
            | Self::PipeDown(name)
            | Self::DestinationFails(name)
            | Self::DestinationGone(name)
            | Self::MostRefused(name) => name,
        }
    }
}

/// Its key: `dlq:invoices`, `pipe:coatcheck-router`, `breaker:crm`, `gone:crm`, `endpoint:stripe`.
impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = match self {
            Self::DeadLetters(_) => "dlq",
            Self::PipeDown(_) => "pipe",
            Self::DestinationFails(_) => "breaker",
            Self::DestinationGone(_) => "gone",
            Self::MostRefused(_) => "endpoint",
        };
        write!(f, "{kind}:{}", self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_found_again_by_its_key() {
        for key in [
            "dlq:processor:slow",
            "pipe:coatcheck-router",
            "breaker:crm",
            "gone:crm",
            "endpoint:stripe",
        ] {
            assert_eq!(Trouble::of_key(key).unwrap().to_string(), key);
        }
        for key in ["", "stripe", "queue:stripe"] {
            assert_eq!(Trouble::of_key(key), None, "{key}");
        }
    }
}
