//! What an alert says about a destination.

use aws::{BreakerRecord, BreakerState};
use domain::format_time;

use super::{
    safe,
    words::{Alert, Facts, Words},
};
use crate::alerts::decide::News;

impl Alert<'_> {
    pub(super) fn destination_fails(&self, name: &str) -> Words {
        let since = format_time(self.since);
        let mut lines = Vec::new();
        let title = match self.news {
            News::Began | News::Grew => {
                format!("deliveries of {name} have stopped: its destination fails")
            }
            News::Lasts => format!("deliveries of {name} are still stopped: its destination fails"),
            News::Over => {
                lines.push(format!(
                    "It failed since {since}. What waited is delivered now."
                ));
                format!("the destination of {name} takes events again")
            }
            News::Gone => return self.no_longer_delivered(name),
        };
        if let (Facts::Breaker(record), false) = (self.facts, self.has_ended()) {
            lines.extend(why(record));
            lines.push(self.waits(record));
        }
        let resume = format!("subscriptions resume {name}");
        let mut steps = self.steps(name);
        steps.push(self.step("If it is well, do not wait for the probe", &resume));
        Words {
            title,
            lines,
            steps,
            ..Words::default()
        }
    }

    pub(super) fn destination_gone(&self, name: &str) -> Words {
        let since = format_time(self.since);
        let mut lines = Vec::new();
        let title = match self.news {
            News::Began | News::Grew => {
                format!("{name} is paused: its destination says that it is gone")
            }
            News::Lasts => format!("{name} is still paused: its destination says that it is gone"),
            News::Over => {
                lines.push(format!("It was paused since {since}. Someone resumed it."));
                format!("{name} is no longer paused")
            }
            News::Gone => return self.no_longer_delivered(name),
        };
        if !self.has_ended() {
            lines.push(
                "It answered 410, which says that nobody wants these events there any more."
                    .to_owned(),
            );
            lines.push("Its events wait in its queue until you resume it.".to_owned());
        }
        let resume = format!("subscriptions resume {name}");
        let mut steps = self.steps(name);
        let ask = "Ask the receiver; change the address if there is another, and apply; then";
        steps.push(self.step(ask, &resume));
        Words {
            title,
            lines,
            steps,
            ..Words::default()
        }
    }

    fn no_longer_delivered(&self, name: &str) -> Words {
        let since = format_time(self.since);
        Words {
            title: format!("{name} is no longer meant to be delivered"),
            lines: vec![format!(
                "Its deliveries had stopped since {since}. It was removed, or has `enabled = false` now, or another target."
            )],
            ..Words::default()
        }
    }

    fn steps(&self, name: &str) -> Vec<String> {
        let status = format!("subscriptions status {name}");
        let logs = format!("logs deliver-{name} --since 30m");
        vec![
            self.step("See its state and what waits", &status),
            self.step("See what it answered", &logs),
            self.in_the_browser(),
        ]
    }

    fn waits(&self, record: &BreakerRecord) -> String {
        let then = match (record.state, record.probe_at) {
            (BreakerState::Open, Some(at)) if at > self.now => {
                format!("one of them is sent as a probe at {}", format_time(at))
            }
            (BreakerState::Probing, _) => "one of them is sent as a probe now".to_owned(),
            _ => "the next of them is sent as a probe".to_owned(),
        };
        format!("Its events wait in its queue; {then}.")
    }
}

/// The words are `deliver`'s own; whatever else the table holds is left out.
fn why(record: &BreakerRecord) -> Option<String> {
    let reason = record.reason.as_deref().and_then(safe::word)?;
    let status = record.status.map(|status| format!(" (HTTP {status})"));
    let since = record
        .opened_at
        .map(|at| format!("Stopped at {}. ", format_time(at)));
    Some(format!(
        "{}The last failure: `{reason}`{}; in a row: {}.",
        since.unwrap_or_default(),
        status.unwrap_or_default(),
        record.failures,
    ))
}
