use aws::operator::Record;
use domain::Timestamp;

use super::{
    step::Step,
    tries::{End, Tries},
};
use crate::{
    Tone,
    events::EventDetails,
    stack::{StackDescription, Subscription, decisive},
};

/// A subscription that takes the event.
pub(super) struct Taker<'a> {
    name: &'a str,
    subscription: &'a Subscription,
    /// Whose logs tell of tries: its processor, and `deliver`.
    handlers: Vec<&'a str>,
    keeps_records: bool,
    record: Option<&'a Record>,
    /// How the last try ended, by the log.
    last_end: Option<End>,
    /// When one of its tries ended with a rejection.
    rejected_at: Option<Timestamp>,
}

impl<'a> Taker<'a> {
    pub(super) fn new(
        description: &'a StackDescription,
        details: &'a EventDetails,
        tries: &'a [(String, Tries)],
        name: &'a str,
    ) -> Option<Self> {
        let subscription = description.subscriptions.get(name)?;
        let handlers: Vec<&str> = description.handlers(subscription).collect();
        let found = tries
            .iter()
            .filter(|(of, _)| handlers.contains(&of.as_str()));
        let all = found.flat_map(|(_, found)| &found.tries);
        let rejected = all.clone().filter(|one| one.end == End::Rejected);
        let keepers = description.record_keepers(subscription);
        let records = &details.records;
        Some(Self {
            name,
            subscription,
            keeps_records: !keepers.is_empty(),
            record: decisive(&keepers, |name| {
                records.iter().find(|record| record.processor == name)
            }),
            last_end: all.max_by_key(|one| one.at).map(|one| one.end),
            rejected_at: rejected.map(|one| one.at).max(),
            handlers,
        })
    }

    fn is_rejected(&self) -> bool {
        let failure = self.record.and_then(|record| record.failure.as_deref());
        let is_failed = self.record.is_some_and(|record| record.state == "failed");
        let is_refused = failure.is_some_and(|failure| failure.eq_ignore_ascii_case("reject"));
        // `deliver` also gives an event up whose time is over.
        is_failed && (is_refused || self.last_end == Some(End::Rejected))
    }

    pub(super) fn has_ended(&self) -> bool {
        match self.record {
            Some(record) => record.state == "completed" || self.is_rejected(),
            None if self.handlers.is_empty() => true,
            None => {
                !self.keeps_records && matches!(self.last_end, Some(End::Processed | End::Rejected))
            }
        }
    }

    pub(super) fn gave_up(&self) -> Option<Step> {
        if !self.is_rejected() {
            return None;
        }
        // A processor writes the record first, and then the line about the try.
        let recorded = self.record.and_then(|record| record.at.parse().ok());
        Some(Step {
            lane: self.name.to_owned(),
            at: recorded.max(self.rejected_at),
            took_ms: None,
            tone: Tone::Bad,
            title: format!("{} gave it up", self.name),
            said: Some(
                "It is in the DLQ, unless it was redriven, purged or replayed since.".to_owned(),
            ),
            subscription: Some(self.name.to_owned()),
        })
    }

    pub(super) fn waiting(&self) -> Option<Step> {
        if !self.keeps_records || self.record.is_some() || self.last_end.is_some() {
            return None;
        }
        Some(Step {
            lane: self.name.to_owned(),
            at: None,
            took_ms: None,
            tone: Tone::Attention,
            title: format!("{}: no try yet", self.name),
            said: Some(
                "It waits in its queue, or the function could not start, or it was given up."
                    .to_owned(),
            ),
            subscription: Some(self.name.to_owned()),
        })
    }

    pub(super) fn has_a_log(&self) -> bool {
        !self.handlers.is_empty()
    }

    pub(super) fn unseen(&self) -> Option<String> {
        let name = self.name;
        match self.handlers.first() {
            None => Some(format!(
                "{name} delivers to {}, which is no processor of this stack: what it does with the event is not recorded here.",
                self.subscription.target.place()
            )),
            Some(processor) if !self.keeps_records => Some(format!(
                "{processor} keeps no records (idempotency is off): only its log shows what it did."
            )),
            Some(_) => None,
        }
    }
}
