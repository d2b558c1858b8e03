use aws::operator::Record;
use domain::{Ref, Timestamp};

use super::{ReplayOptions, may_go};
use crate::{Result, Stack, events};

/// What a replay of one event would do.
#[derive(Debug)]
pub struct ReplayPreview {
    /// The subscriptions that get it.
    pub to: Vec<ReplayTarget>,
    /// Until when the payload is kept.
    pub payload_until: Timestamp,
    /// The length of the payload in bytes.
    pub size: u64,
}

/// A subscription that a replay goes to.
#[derive(Debug)]
pub struct ReplayTarget {
    /// Its name.
    pub subscription: String,
    /// The stack's function that gets it first: `deliver`, or the processor. None if the target is not one
    /// of the stack.
    pub processor: Option<String>,
    /// Whether it keeps records.
    pub keeps_records: bool,
    /// Whether the event goes straight into the subscription's queue. Else the stream carries it,
    /// in order.
    pub by_queue: bool,
    /// What it has recorded about the event.
    pub record: Option<Record>,
}

impl ReplayTarget {
    /// What it will do.
    pub fn effect(&self, force: bool) -> String {
        let Some(processor) = &self.processor else {
            return "its target is not one of this stack: what it does with an event that it has had is its own affair".to_owned();
        };
        if !self.keeps_records {
            return format!("{processor} keeps no records, so it handles the event again");
        }
        let Some(record) = &self.record else {
            return format!("{processor} has no record of it, so it handles it");
        };
        let state = match record.state.as_str() {
            "completed" if force => {
                return format!("{processor} has completed it, and handles it once more");
            }
            "completed" => return format!("{processor} has completed it, and skips it"),
            "in_progress" => "is at work on it, and handles it only if that fails",
            _ => "has failed at it, and tries again",
        };
        format!("{processor} {state}")
    }
}

/// What a replay of this event would do, with two requests. An error if it cannot be replayed.
pub async fn preview(
    stack: &Stack,
    reference: &Ref,
    options: ReplayOptions<'_>,
) -> Result<ReplayPreview> {
    let details = events::details(stack, reference).await?;
    may_go(
        stack,
        reference,
        &details.pointer,
        details.received_at()?,
        options,
    )?;
    let names = details.subscriptions.iter();
    let names = names.filter(|name| options.subscription.is_none_or(|only| only == *name));
    let to = names.filter_map(|name| {
        let one = stack.description.subscriptions.get(name)?;
        let first = stack.description.handlers(one).last();
        let mut records = details.records.iter();
        let record = records.find(|record| Some(record.processor.as_str()) == first);
        Some(ReplayTarget {
            subscription: name.clone(),
            keeps_records: !stack.description.record_keepers(one).is_empty(),
            by_queue: options.subscription.is_some(),
            record: record.cloned(),
            processor: first.map(str::to_owned),
        })
    });
    Ok(ReplayPreview {
        to: to.collect(),
        payload_until: details.payload_until(stack)?,
        size: details.size(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_says_what_each_processor_will_do() {
        let target = |keeps_records, state: Option<&str>| ReplayTarget {
            subscription: "invoices".to_owned(),
            processor: Some("invoices".to_owned()),
            keeps_records,
            by_queue: true,
            record: state.map(|state| Record {
                state: state.to_owned(),
                ..Record::default()
            }),
        };
        for (keeps, state, force, effect) in [
            (true, Some("completed"), false, "skips it"),
            (true, Some("completed"), true, "once more"),
            (true, Some("failed"), false, "tries again"),
            (true, Some("in_progress"), true, "at work"),
            (true, None, false, "no record of it"),
            (false, None, false, "again"),
        ] {
            let said = target(keeps, state).effect(force);
            assert!(said.contains(effect), "{said}");
        }
        let theirs = ReplayTarget {
            processor: None,
            ..target(false, None)
        };
        assert!(theirs.effect(false).contains("not one of this stack"));
    }
}
