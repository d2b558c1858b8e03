use super::tries::End;
use crate::{Tone, stack::StackDescription};

/// A function that tries to get an event done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Handler<'a> {
    /// A processor of the stack.
    Processor(&'a str),
    /// The function that delivers the events of this subscription.
    Deliver(&'a str),
}

impl<'a> Handler<'a> {
    /// Who has this name in the stack, in records and logs.
    pub(super) fn of(description: &'a StackDescription, name: &'a str) -> Self {
        let mut all = description.subscriptions.iter();
        let found = all.find(|(_, one)| description.deliverer(one) == Some(name));
        found.map_or(Self::Processor(name), |(subscription, _)| {
            Self::Deliver(subscription)
        })
    }

    /// How a try ended.
    pub(super) fn tried(self, end: End) -> (Tone, String) {
        let tone = match end {
            End::Processed => Tone::Good,
            End::Skipped => Tone::Quiet,
            End::ToBeRetried => Tone::Attention,
            End::Rejected => Tone::Bad,
        };
        let text = match (self, end) {
            (Self::Processor(name), End::Processed) => format!("{name}: completed"),
            (Self::Processor(name), End::Skipped) => format!("{name}: skipped, completed before"),
            (Self::Processor(name), End::Rejected) => format!("{name}: rejected"),
            (Self::Deliver(name), End::Processed) => format!("Delivered to {name}"),
            (Self::Deliver(name), End::Skipped) => format!("{name}: skipped, delivered before"),
            (Self::Deliver(name), End::Rejected) => format!("{name}: not delivered"),
            (Self::Processor(name) | Self::Deliver(name), End::ToBeRetried) => {
                format!("{name}: to be retried")
            }
        };
        (tone, text)
    }

    /// What a record says.
    pub(super) fn recorded(self, state: &str) -> (Tone, String) {
        let tone = match state {
            "completed" => Tone::Good,
            "failed" => Tone::Bad,
            _ => Tone::Attention,
        };
        let text = match (self, state) {
            (Self::Processor(name), "in_progress") => format!("{name}: at work on it"),
            (Self::Deliver(name), "completed") => format!("Delivered to {name}"),
            (Self::Deliver(name), "failed") => format!("{name}: delivery failed"),
            (Self::Deliver(name), "in_progress") => format!("{name}: being delivered"),
            (Self::Processor(name) | Self::Deliver(name), other) => format!("{name}: {other}"),
        };
        (tone, text)
    }
}
