use aws::operator::Record;
use domain::{Lane, SignedDuration, Timestamp};

use super::{
    step::{Step, Way},
    tries::{End, Tries, Try},
};
use crate::{
    Tone,
    events::{EventDetails, outcome},
    stack::{ROUTER, StackDescription, Subscription},
};

/// Puts pointer, records and tries in order.
pub(super) fn of(
    description: &StackDescription,
    details: &EventDetails,
    tries: &[(String, Tries)],
    now: Timestamp,
) -> Way {
    let is_routed =
        !details.records.is_empty() || tries.iter().any(|(_, tries)| !tries.tries.is_empty());
    let mut steps = vec![received(details), routed(details, is_routed)];
    let mut happened: Vec<Step> = tries
        .iter()
        .flat_map(|(name, found)| {
            let record = record_of(details, name);
            found.tries.iter().map(move |one| tried(name, one, record))
        })
        .collect();
    let unlogged = details.records.iter().filter(|record| {
        let of_log = tries.iter().find(|(name, _)| *name == record.processor);
        !of_log.is_some_and(|(_, found)| found.tries.iter().any(|one| is_of(one, record)))
    });
    happened.extend(unlogged.map(recorded));
    let takers: Vec<Taker<'_>> = details
        .subscriptions
        .iter()
        .filter_map(|name| Taker::new(description, details, tries, name))
        .collect();
    happened.extend(takers.iter().filter_map(Taker::gave_up));
    happened.sort_by_key(|step| step.at);
    steps.extend(happened);
    let kept = SignedDuration::from_hours(24 * i64::from(description.days.processed));
    let received_at = details.received_at().unwrap_or(now);
    let may_have_expired = now.duration_since(received_at) > kept;
    if !may_have_expired {
        steps.extend(takers.iter().filter_map(Taker::waiting));
    }
    Way {
        steps,
        unseen: unseen(&takers, tries, may_have_expired),
        has_ended: takers.iter().all(Taker::has_ended),
    }
}

fn record_of<'a>(details: &'a EventDetails, processor: &str) -> Option<&'a Record> {
    let mut records = details.records.iter();
    records.find(|record| record.processor == processor)
}

/// Whether the try ended with this record.
fn is_of(one: &Try, record: &Record) -> bool {
    let state = match one.end {
        End::Processed => "completed",
        End::ToBeRetried | End::Rejected => "failed",
        End::Skipped => return false,
    };
    let same_try = one
        .attempt
        .is_none_or(|attempt| attempt == u64::from(record.attempts));
    record.state == state && same_try
}

fn received(details: &EventDetails) -> Step {
    let (lane, title) = match details.lane() {
        Lane::Standard => ("ingest", "Received by ingest"),
        Lane::Direct => ("admit", "Received in the direct lane and admitted"),
    };
    Step {
        lane: lane.to_owned(),
        at: details.received_at().ok(),
        took_ms: None,
        tone: Tone::Good,
        title: title.to_owned(),
        said: Some(format!(
            "verified under the key {}, payload and pointer stored",
            details.attribute("key_id")
        )),
        subscription: None,
    }
}

fn routed(details: &EventDetails, is_routed: bool) -> Step {
    let to = details.subscriptions.join(", ");
    let (tone, title) = match (details.subscriptions.is_empty(), is_routed) {
        (true, _) => (Tone::Quiet, "No subscription takes it".to_owned()),
        (false, true) => (Tone::Good, format!("Routed to {to}")),
        (false, false) => (Tone::Quiet, format!("Goes to {to}")),
    };
    Step {
        lane: ROUTER.to_owned(),
        at: None,
        took_ms: None,
        tone,
        title,
        said: None,
        subscription: None,
    }
}

fn tried(processor: &str, one: &Try, record: Option<&Record>) -> Step {
    let (tone, word) = match one.end {
        End::Processed => (Tone::Good, "completed"),
        End::Skipped => (Tone::Quiet, "skipped, completed before"),
        End::ToBeRetried => (Tone::Attention, "to be retried"),
        End::Rejected => (Tone::Bad, "rejected"),
    };
    let attempt = one.attempt;
    let attempt = attempt.map_or_else(String::new, |attempt| format!(", try {attempt}"));
    let replay = one.replay.as_ref();
    let replay = replay.map_or_else(String::new, |id| format!(", replay {id}"));
    let summary = record
        .filter(|record| is_of(one, record))
        .and_then(|record| record.summary.clone());
    Step {
        lane: processor.to_owned(),
        at: Some(one.at),
        took_ms: one.took_ms,
        tone,
        title: format!("{processor}: {word}{attempt}{replay}"),
        said: one.reason.clone().or(summary),
        subscription: None,
    }
}

/// What a record says, if no line of the log does.
fn recorded(record: &Record) -> Step {
    let (tone, word) = match record.state.as_str() {
        "completed" => (Tone::Good, "completed"),
        "failed" => (Tone::Bad, "failed"),
        "in_progress" => (Tone::Attention, "at work on it"),
        other => (Tone::Attention, other),
    };
    Step {
        lane: record.processor.clone(),
        at: record.at.parse().ok(),
        took_ms: None,
        tone,
        title: format!("{}: {word}, try {}", record.processor, record.attempts),
        said: (record.failure.is_some() || record.summary.is_some()).then(|| outcome(record)),
        subscription: None,
    }
}

/// A subscription that takes the event.
struct Taker<'a> {
    name: &'a str,
    subscription: &'a Subscription,
    /// The stack's processor that its target is.
    processor: Option<&'a str>,
    keeps_records: bool,
    record: Option<&'a Record>,
    /// How its processor's last try ended, by the log.
    last_end: Option<End>,
    /// When one of its tries ended with a rejection.
    rejected_at: Option<Timestamp>,
}

impl<'a> Taker<'a> {
    fn new(
        description: &'a StackDescription,
        details: &'a EventDetails,
        tries: &'a [(String, Tries)],
        name: &'a str,
    ) -> Option<Self> {
        let subscription = description.subscriptions.get(name)?;
        let processor = subscription.target.processor.as_deref();
        let found = processor.and_then(|name| tries.iter().find(|(of, _)| of == name));
        let last = found.and_then(|(_, found)| found.tries.iter().max_by_key(|one| one.at));
        Some(Self {
            name,
            subscription,
            processor,
            keeps_records: description.record_keeper(subscription).is_some(),
            record: processor.and_then(|name| record_of(details, name)),
            last_end: last.map(|one| one.end),
            rejected_at: found.and_then(|(_, found)| {
                let rejected = found.tries.iter().filter(|one| one.end == End::Rejected);
                rejected.map(|one| one.at).max()
            }),
        })
    }

    fn is_rejected(&self) -> bool {
        let failure = self.record.and_then(|record| record.failure.as_deref());
        let is_failed = self.record.is_some_and(|record| record.state == "failed");
        is_failed && failure.is_some_and(|failure| failure.eq_ignore_ascii_case("reject"))
    }

    fn has_ended(&self) -> bool {
        match self.record {
            Some(record) => record.state == "completed" || self.is_rejected(),
            None if self.processor.is_none() => true,
            None => {
                !self.keeps_records && matches!(self.last_end, Some(End::Processed | End::Rejected))
            }
        }
    }

    fn gave_up(&self) -> Option<Step> {
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

    fn waiting(&self) -> Option<Step> {
        if !self.keeps_records || self.record.is_some() || self.last_end.is_some() {
            return None;
        }
        let place = if self.subscription.ordered {
            "in the stream"
        } else {
            "in its queue"
        };
        Some(Step {
            lane: self.name.to_owned(),
            at: None,
            took_ms: None,
            tone: Tone::Attention,
            title: format!("{}: no try yet", self.name),
            said: Some(format!(
                "It waits {place}, or the function could not start, or it was given up."
            )),
            subscription: Some(self.name.to_owned()),
        })
    }

    fn unseen(&self) -> Option<String> {
        let name = self.name;
        match self.processor {
            None => Some(format!(
                "{name} delivers to {}, which is no processor of this stack: what it does with the event is not recorded here.",
                self.subscription.target.arn
            )),
            Some(processor) if !self.keeps_records => Some(format!(
                "{processor} keeps no records (idempotency is off): only its log shows what it did."
            )),
            Some(_) => None,
        }
    }
}

fn unseen(takers: &[Taker<'_>], tries: &[(String, Tries)], may_have_expired: bool) -> Vec<String> {
    let mut unseen = Vec::new();
    if takers.is_empty() {
        return unseen;
    }
    unseen.push("The time of routing is stored nowhere.".to_owned());
    if takers.iter().any(|taker| taker.processor.is_some()) {
        unseen.push(
            "Tries come from the processors' logs, which CloudWatch keeps for as long as the stack says (log_retention_days)."
                .to_owned(),
        );
    }
    if may_have_expired {
        unseen.push("Records of this age have expired.".to_owned());
    }
    unseen.extend(takers.iter().filter_map(Taker::unseen));
    let unread = tries.iter().filter_map(|(_, found)| found.unread.as_ref());
    unseen.extend(unread.cloned());
    unseen
}
