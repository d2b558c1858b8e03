use aws::operator::Record;
use domain::{Lane, SignedDuration, Timestamp};

use super::{
    handler::Handler,
    step::{Step, Way},
    taker::Taker,
    tries::{End, Tries, Try},
};
use crate::{
    Tone,
    events::{EventDetails, outcome},
    stack::{ROUTER, StackDescription},
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
            let handler = Handler::of(description, name);
            found
                .tries
                .iter()
                .map(move |one| tried(handler, name, one, record))
        })
        .collect();
    let unlogged = details.records.iter().filter(|record| {
        let of_log = tries.iter().find(|(name, _)| *name == record.processor);
        !of_log.is_some_and(|(_, found)| found.tries.iter().any(|one| is_of(one, record)))
    });
    happened.extend(
        unlogged.map(|record| recorded(Handler::of(description, &record.processor), record)),
    );
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

fn tried(handler: Handler<'_>, name: &str, one: &Try, record: Option<&Record>) -> Step {
    let (tone, what) = handler.tried(one.end);
    let attempt = one.attempt.or(one.failures);
    let attempt = attempt.map_or_else(String::new, |attempt| format!(", try {attempt}"));
    let replay = one.replay.as_ref();
    let replay = replay.map_or_else(String::new, |id| format!(", replay {id}"));
    let summary = record
        .filter(|record| is_of(one, record))
        .and_then(|record| record.summary.clone());
    Step {
        lane: name.to_owned(),
        at: Some(one.at),
        took_ms: one.took_ms,
        tone,
        title: format!("{what}{attempt}{replay}"),
        said: one.reason.clone().or(summary),
        subscription: None,
    }
}

/// What a record says, if no line of the log does.
fn recorded(handler: Handler<'_>, record: &Record) -> Step {
    let (tone, what) = handler.recorded(&record.state);
    Step {
        lane: record.processor.clone(),
        at: record.at.parse().ok(),
        took_ms: None,
        tone,
        title: format!("{what}, try {}", record.attempts),
        said: (record.failure.is_some() || record.summary.is_some()).then(|| outcome(record)),
        subscription: None,
    }
}

fn unseen(takers: &[Taker<'_>], tries: &[(String, Tries)], may_have_expired: bool) -> Vec<String> {
    let mut unseen = Vec::new();
    if takers.is_empty() {
        return unseen;
    }
    unseen.push("The time of routing is stored nowhere.".to_owned());
    if takers.iter().any(Taker::has_a_log) {
        unseen.push(
            "Tries come from the functions' logs, which CloudWatch keeps for as long as the stack says (log_retention_days)."
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
