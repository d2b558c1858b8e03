//! What an attempt came to: the words for it, and what an answer means.

use std::time::{Duration, SystemTime};

use hyper::{StatusCode, header::HeaderValue};

use crate::destination::{Outcome, Reason};

/// The destination cannot be reached, or does not do its part: try again, and tell the breaker.
pub(super) fn retry(reason: &'static str) -> Outcome {
    again(reason, true)
}

/// We cannot do our part at the moment: try again, and leave the breaker alone.
pub(super) fn retry_ours(reason: &'static str) -> Outcome {
    again(reason, false)
}

fn again(reason: &'static str, strikes: bool) -> Outcome {
    Outcome::Retry {
        reason: Reason(reason),
        status: None,
        after: None,
        strikes,
    }
}

/// No retry helps, and nobody was asked.
pub(super) fn reject(reason: &'static str) -> Outcome {
    Outcome::Reject {
        reason: Reason(reason),
        status: None,
        answer: Vec::new(),
    }
}

/// Statuses that mean success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Success(Vec<Pattern>);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Pattern {
    /// `2xx`.
    Hundred(u16),
    Exactly(u16),
}

impl Success {
    /// Reads `2xx` and `202`. `None`: there is nothing, or something else.
    pub(super) fn parse(patterns: &[String]) -> Option<Self> {
        let all: Option<Vec<_>> = patterns.iter().map(|text| Pattern::parse(text)).collect();
        all.filter(|all| !all.is_empty()).map(Self)
    }

    pub(super) fn has(&self, status: u16) -> bool {
        self.0.iter().any(|pattern| match pattern {
            Pattern::Hundred(hundred) => status / 100 == *hundred,
            Pattern::Exactly(exactly) => status == *exactly,
        })
    }
}

impl Pattern {
    fn parse(text: &str) -> Option<Self> {
        let in_range = |number: &u16| (200..600).contains(number);
        match text.strip_suffix("xx") {
            Some(digit) => {
                let digit = digit.parse().ok()?;
                in_range(&(digit * 100)).then_some(Self::Hundred(digit))
            }
            None => text.parse().ok().filter(in_range).map(Self::Exactly),
        }
    }
}

/// Whether anyone will want to read what the destination wrote.
pub(super) fn is_refusal(status: StatusCode, success: &Success) -> bool {
    let nothing = Outcome::Delivered { status: None };
    let outcome = meaning(status, success, None, Vec::new());
    !matches!(outcome, Outcome::Retry { .. }) && outcome != nothing && !success.has(status.as_u16())
}

/// What an answer means for its event.
pub(super) fn meaning(
    status: StatusCode,
    success: &Success,
    after: Option<Duration>,
    answer: Vec<u8>,
) -> Outcome {
    let code = status.as_u16();
    let again = |reason, strikes| Outcome::Retry {
        reason: Reason(reason),
        status: Some(code),
        after,
        strikes,
    };
    if success.has(code) {
        return Outcome::Delivered { status: Some(code) };
    }
    let reason = match code {
        408 => return again("request_timeout", false),
        425 => return again("too_early", false),
        429 => return again("too_many_requests", false),
        500..=599 => return again("server_error", true),
        410 => return Outcome::Gone { answer },
        300..=399 => "redirect",
        400..=499 => "refused",
        // Another success than those that count, or a change of protocol.
        _ => "unexpected_status",
    };
    Outcome::Reject {
        reason: Reason(reason),
        status: Some(code),
        answer,
    }
}

/// The longest pause that a destination can ask for.
const LONGEST_PAUSE: Duration = Duration::from_hours(12);

/// `Retry-After`, in seconds or as a date: RFC 9110, section 10.2.3.
pub(super) fn retry_after(header: &HeaderValue, now: SystemTime) -> Option<Duration> {
    let text = header.to_str().ok()?.trim();
    let pause = if text.bytes().all(|byte| byte.is_ascii_digit()) && !text.is_empty() {
        // More digits than a number has are a long pause, too.
        Duration::from_secs(text.parse().unwrap_or(u64::MAX))
    } else {
        let at = httpdate::parse_http_date(text).ok()?;
        at.duration_since(now).unwrap_or_default()
    };
    Some(pause.min(LONGEST_PAUSE))
}
