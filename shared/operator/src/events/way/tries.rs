use aws::operator::{LogLine, Logs};
use domain::{Ref, SignedDuration, StoreError, Timestamp, format_time};
use serde_json::Value;

use crate::problem::in_short;

/// Pages of a log that are read of each window.
const PAGES: usize = 2;

/// For how long after its arrival an event's tries are looked for. Later ones are looked for
/// around the time of its record.
const FIRST: SignedDuration = SignedDuration::from_hours(1);

/// How long before its record's last change an event's later tries are looked for.
const BEFORE_LAST: SignedDuration = SignedDuration::from_mins(15);

/// Clocks differ, and a line is written a little later than the record.
const SLACK: SignedDuration = SignedDuration::from_mins(1);

/// From and until when.
pub(super) type Window = (Timestamp, Timestamp);

/// What the log of one function says about an event.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Tries {
    /// In the order of their times.
    pub(super) tries: Vec<Try>,
    /// What was not read of the log, and why.
    pub(super) unread: Option<String>,
}

/// One try: the line that a processor, or `deliver`, writes at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Try {
    pub(super) at: Timestamp,
    pub(super) end: End,
    pub(super) attempt: Option<u64>,
    /// How many attempts of `deliver` have failed, with this one.
    pub(super) failures: Option<u64>,
    pub(super) replay: Option<String>,
    pub(super) took_ms: Option<u64>,
    pub(super) reason: Option<String>,
}

/// How a try ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    Processed,
    Skipped,
    ToBeRetried,
    Rejected,
}

impl End {
    /// By the message of the line. All processor packages write the same; `deliver` has its own words.
    fn of(message: &str) -> Option<Self> {
        Some(match message {
            "processed" | "delivered" => Self::Processed,
            "done before: skipped" | "delivered before: skipped" => Self::Skipped,
            "to be retried" => Self::ToBeRetried,
            "rejected" | "given up: the event is in the DLQ" => Self::Rejected,
            _ => return None,
        })
    }
}

/// A log group's lines.
pub(super) trait TryLogs {
    /// The lines of a time, in order. `true`: some were not read.
    async fn lines(
        &self,
        group: &str,
        window: Window,
        pattern: &str,
    ) -> Result<(Vec<LogLine>, bool), StoreError>;
}

impl TryLogs for Logs {
    async fn lines(
        &self,
        group: &str,
        window: Window,
        pattern: &str,
    ) -> Result<(Vec<LogLine>, bool), StoreError> {
        self.between(group, window, pattern, PAGES).await
    }
}

/// The windows to look for tries in: from the arrival on, before the record's last change, and from
/// a replay on. A log is not sorted by event, so a long window would take a page for each megabyte.
pub(super) fn windows(
    received_at: Timestamp,
    last: Option<Timestamp>,
    replayed_at: Option<Timestamp>,
    now: Timestamp,
) -> Vec<Window> {
    let minus = |at: Timestamp, length| at.checked_sub(length).unwrap_or(at);
    let plus = |at: Timestamp, length| at.checked_add(length).unwrap_or(at);
    let end = plus(now, SLACK);
    let from = |at: Timestamp| (minus(at, SLACK), plus(at, FIRST).min(end));
    let before = |at: Timestamp| (minus(at, BEFORE_LAST), plus(at, SLACK).min(end));
    let mut all = vec![from(received_at)];
    all.extend(last.map(before));
    all.extend(replayed_at.map(from));
    all.retain(|(from, until)| from < until && *until > received_at);
    all.sort_unstable();
    let mut windows: Vec<Window> = Vec::new();
    for (from, until) in all {
        match windows.last_mut() {
            Some((_, end)) if from <= *end => *end = until.max(*end),
            _ => windows.push((from.max(minus(received_at, SLACK)), until)),
        }
    }
    windows
}

/// Reads the tries of an event.
pub(super) async fn read(
    logs: &impl TryLogs,
    group: &str,
    reference: &Ref,
    windows: &[Window],
) -> Tries {
    let reference = reference.to_string();
    let pattern = pattern(&reference);
    let mut found = Tries::default();
    for window in windows {
        match logs.lines(group, *window, &pattern).await {
            Ok((lines, more)) => {
                let tries = lines.iter().filter_map(|line| parse(line, &reference));
                found.tries.extend(tries);
                if more {
                    found.unread = Some(format!(
                        "Some lines of the log {group} between {} and {} were not read.",
                        format_time(window.0),
                        format_time(window.1)
                    ));
                }
            }
            Err(error) => {
                found.unread = Some(format!(
                    "The log {group} was not read: {}.",
                    in_short(&error)
                ));
            }
        }
    }
    let gaps = windows.windows(2).filter_map(|pair| match pair {
        [(_, from), (until, _)] => Some(format!(
            "{} and {}",
            format_time(*from),
            format_time(*until)
        )),
        _ => None,
    });
    let gaps: Vec<String> = gaps.collect();
    if !gaps.is_empty() {
        let gaps = gaps.join(", and between ");
        found
            .unread
            .get_or_insert_with(|| format!("The log {group} was not read between {gaps}."));
    }
    found
}

/// Lines about the event. A ref has neither quotes nor backslashes nor `*`, which would stand for
/// anything: it is percent-encoded. What a pattern would take for more than text is escaped all
/// the same.
/// <https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html>
fn pattern(reference: &str) -> String {
    let escaped = reference.replace('\\', r"\\").replace('"', r#"\""#);
    format!(r#"{{ $.ref = "{escaped}" }}"#)
}

/// The pattern is applied here too, since not every cloud understands every pattern.
fn parse(line: &LogLine, reference: &str) -> Option<Try> {
    let value: Value = serde_json::from_str(&line.text).ok()?;
    let text = |name: &str| Some(value.get(name)?.as_str()?.to_owned());
    let number = |name: &str| value.get(name)?.as_u64();
    if text("ref")? != reference {
        return None;
    }
    Some(Try {
        at: text("timestamp")
            .and_then(|at| at.parse().ok())
            .unwrap_or(line.at),
        end: End::of(&text("message")?)?,
        attempt: number("attempt"),
        failures: number("tries"),
        replay: text("replay"),
        took_ms: number("took_ms"),
        reason: said(text("reason"), number("status")),
    })
}

/// A reason, and the status that a destination answered.
fn said(reason: Option<String>, status: Option<u64>) -> Option<String> {
    match (reason, status) {
        (Some(reason), Some(status)) => Some(format!("{reason} (HTTP {status})")),
        (None, Some(status)) => Some(format!("HTTP {status}")),
        (reason, None) => reason,
    }
}
