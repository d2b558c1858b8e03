//! What an alert says. Text between backticks is code; no text of others has one.

use aws::{BreakerRecord, FailureRecord};
use domain::{GivenUp, Timestamp, format_time};

use super::safe;
use crate::alerts::{
    decide::{News, QUIET},
    refusals::Refusals,
    trouble::Trouble,
    watched::Watched,
};

/// How many dead letters a message lists.
const AT_MOST: usize = 5;

/// What is known about a trouble besides its name.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Facts {
    /// How many dead letters there are, and some of them.
    DeadLetters(u64, Vec<DeadLetterFacts>),
    /// The state of the pipe or the mapping, and AWS's reason.
    Pipe(String, Option<String>),
    /// What the breaker of the subscription says.
    Breaker(BreakerRecord),
    /// What the endpoint did.
    Refusals(Refusals),
    /// Nothing.
    None,
}

/// A dead letter, and what its processor recorded.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct DeadLetterFacts {
    pub(crate) letter: GivenUp,
    pub(crate) record: Option<FailureRecord>,
    /// Whether its processor records anything.
    pub(crate) recorded: bool,
}

/// One alert.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Alert<'a> {
    pub(crate) watched: &'a Watched,
    pub(crate) trouble: &'a Trouble,
    pub(crate) news: News,
    pub(crate) facts: &'a Facts,
    /// When it was first seen.
    pub(crate) since: Timestamp,
    pub(crate) now: Timestamp,
}

/// An alert in words, for every place that shows it.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Words {
    /// One line.
    pub(super) title: String,
    /// Sentences.
    pub(super) lines: Vec<String>,
    /// Some of the things that it is about, one a line.
    pub(super) list: Vec<String>,
    /// What you can do, one a line.
    pub(super) steps: Vec<String>,
}

impl Alert<'_> {
    pub(super) fn words(&self) -> Words {
        let mut words = match self.trouble {
            Trouble::DeadLetters(dlq) => self.dead_letters(dlq),
            Trouble::PipeDown(pipe) => self.pipe(pipe),
            Trouble::DestinationFails(subscription) => self.destination_fails(subscription),
            Trouble::DestinationGone(subscription) => self.destination_gone(subscription),
            Trouble::MostRefused(endpoint) => self.refusals(endpoint),
        };
        words.title = format!("{}: {}", self.watched.stack, words.title);
        if self.has_ended() {
            words.steps.clear();
        } else {
            words
                .lines
                .insert(0, format!("First seen at {}.", format_time(self.since)));
        }
        words
    }

    /// Whether there is nothing left to do.
    pub(super) fn has_ended(&self) -> bool {
        matches!(self.news, News::Over | News::Gone)
    }

    /// Who sent it, and how often it is sent.
    pub(super) fn footer(&self) -> String {
        let Watched { stack, region, .. } = self.watched;
        let minutes = QUIET.as_mins();
        format!(
            "Sent by the stack {stack} in {region}. You get at most one message about this in {minutes} minutes, and one when it is over."
        )
    }

    /// What you can do, and the command for it at the end, to copy.
    pub(super) fn step(&self, what: &str, command: &str) -> String {
        let stack = match self.watched.stack.as_str() {
            "coatcheck" => String::new(),
            other => format!(" --stack {other}"),
        };
        format!("{what}: `coatcheck {command}{stack}`")
    }

    pub(super) fn in_the_browser(&self) -> String {
        self.step("Or look at it in the browser", "console")
    }

    fn dead_letters(&self, dlq: &str) -> Words {
        let (count, letters) = match self.facts {
            Facts::DeadLetters(count, letters) => (*count, letters.as_slice()),
            _ => (0, [].as_slice()),
        };
        let ending = if count == 1 { "" } else { "s" };
        let letters_in = format!("{count} dead letter{ending} in the DLQ of {dlq}");
        let shown = letters.len().min(AT_MOST);
        let more = count.saturating_sub(shown as u64);
        let list = letters.iter().take(AT_MOST).map(|one| {
            let reason = safe::reason(&one.letter, one.record.as_ref(), one.recorded);
            match &one.letter {
                GivenUp::Event { reference, .. } => {
                    format!("`{}`: {reason}", safe::reference(reference))
                }
                _ => reason,
            }
        });
        let mut list: Vec<String> = list.collect();
        if more > 0 {
            list.push(format!("about {more} more"));
        }
        let since = format_time(self.since);
        let (title, line) = match self.news {
            News::Began => (letters_in, None),
            News::Grew => (format!("now {letters_in}"), None),
            News::Lasts => (format!("still {letters_in}"), None),
            News::Over => (
                format!("the DLQ of {dlq} is empty"),
                Some(format!(
                    "It held dead letters since {since}. They were sent back or deleted, or were kept for as long as the queue keeps them."
                )),
            ),
            News::Gone => (
                format!("the DLQ of {dlq} no longer exists"),
                Some(format!("It held dead letters since {since}.")),
            ),
        };
        if self.has_ended() {
            list.clear();
        }
        Words {
            title,
            lines: line.into_iter().collect(),
            list,
            steps: vec![
                self.step("See them with their reasons", &format!("dlq show {dlq}")),
                self.in_the_browser(),
                self.step(
                    "Fix the cause, then send them back",
                    &format!("dlq redrive {dlq}"),
                ),
            ],
        }
    }

    fn pipe(&self, pipe: &str) -> Words {
        let own = format!("{}-", self.watched.stack);
        let name = pipe.strip_prefix(&own).unwrap_or(pipe);
        let (whose, who) = match name {
            "router" => ("the router".to_owned(), "EventBridge"),
            _ if self.watched.is_delivered(name) => (format!("the mapping of {name}"), "Lambda"),
            _ => (format!("the pipe of {name}"), "EventBridge"),
        };
        let (state, reason) = match self.facts {
            Facts::Pipe(state, reason) => (
                safe::word(state).unwrap_or("not running"),
                reason.as_deref().and_then(safe::word),
            ),
            _ => ("not running", None),
        };
        let mut lines: Vec<String> = reason
            .map(|reason| format!("{who}'s reason: `{reason}`."))
            .into_iter()
            .collect();
        let waits = if self.watched.has_queue(name) {
            "Its events wait in its queue."
        } else {
            "Its events wait in the stream, which keeps them for 24 hours."
        };
        lines.push(waits.to_owned());
        let since = format_time(self.since);
        let title = match self.news {
            News::Began | News::Grew => format!("{whose} is {state}"),
            News::Lasts => format!("{whose} is still {state}"),
            News::Over => {
                lines = vec![format!(
                    "It did not run since {since}. What waited is delivered now."
                )];
                format!("{whose} runs again")
            }
            News::Gone => {
                lines = vec![format!(
                    "It did not run since {since}. It was removed, or has `enabled = false` now."
                )];
                format!("{whose} is no longer meant to run")
            }
        };
        Words {
            title,
            lines,
            list: Vec::new(),
            steps: vec![
                self.step(
                    "See its state and what waits",
                    &format!("subscriptions status {name}"),
                ),
                self.in_the_browser(),
                self.step("Start it", &format!("subscriptions resume {name}")),
            ],
        }
    }

    fn refusals(&self, endpoint: &str) -> Words {
        let counts = match self.facts {
            Facts::Refusals(refusals) => vec![format!(
                "In the 15 minutes before {} it refused {} of {} deliveries.",
                format_time(refusals.until),
                refusals.refused,
                refusals.all()
            )],
            _ => Vec::new(),
        };
        let since = format_time(self.since);
        let rejected = |function: &str| {
            format!("logs {function} --since 30m --filter '{{ $.DeliveriesRejected = 1 }}'")
        };
        let mut lines = counts;
        let title = match self.news {
            News::Began | News::Grew | News::Lasts => {
                lines.push(
                    "Either its provider signs with a key that you do not have, or someone sends forgeries."
                        .to_owned(),
                );
                let still = if self.news == News::Lasts {
                    "still "
                } else {
                    ""
                };
                format!("{endpoint} {still}refuses most of its deliveries")
            }
            News::Over => {
                lines.push(format!("It refused most of them since {since}."));
                format!("{endpoint} accepts most of its deliveries again")
            }
            News::Gone => {
                lines = vec![format!("It refused most of its deliveries since {since}.")];
                format!("the endpoint {endpoint} no longer exists")
            }
        };
        Words {
            title,
            lines,
            list: Vec::new(),
            steps: vec![
                self.step(
                    "See why, in the standard lane",
                    r#"logs ingest --since 30m --filter '{ $.message = "refused" }'"#,
                ),
                self.step("In the direct lane", &rejected("admit")),
                self.step("In both, by the headers alone", &rejected("authorizer")),
                self.in_the_browser(),
                self.step("Compare its keys with the provider's", "endpoints ls"),
            ],
        }
    }
}
