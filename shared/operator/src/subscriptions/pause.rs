//! What happens while a reader is stopped.

use domain::SignedDuration;

use super::Pipe;
use crate::{
    Result, Stack,
    format::{format_duration, format_seconds},
    problem::refuse,
    stack::{ROUTER, StackDescription},
};

/// The stream keeps an event for 24 hours, and delivering the waiting ones takes a while.
const LONGEST: SignedDuration = SignedDuration::from_hours(20);

/// Refuses a pause that would lose events, unless you accept that.
pub fn may_stop(pipe: &Pipe<'_>, hold: Option<SignedDuration>, accepts_loss: bool) -> Result<()> {
    if let Some(length) = hold {
        if !length.is_positive() || length > LONGEST {
            refuse!(
                "--for must be more than zero and at most {}: the stream keeps events for 24 h, \
                 and delivering the waiting ones takes time",
                format_duration(LONGEST)
            );
        }
        return Ok(());
    }
    if pipe.reads_stream() && !accepts_loss {
        refuse!(
            "{} reads the stream, which keeps an event for 24 hours: events that are not delivered by then are lost. \
             Pass --for LENGTH, and the command starts the pipe again; or pass --accept-loss-after 24h",
            pipe.owner
        );
    }
    Ok(())
}

/// What happens while it is stopped, and what else reacts to that.
pub async fn while_stopped(stack: &Stack, pipe: &Pipe<'_>) -> Result<Vec<String>> {
    let waits = match pipe.queue_url {
        Some(url) => format!(
            "its queue keeps events for {}, then deletes them",
            format_seconds(stack.queue(url).depth().await?.kept_s)
        ),
        None => "events wait in the stream for 24 h, then they are lost".to_owned(),
    };
    let mut lines = vec![waits];
    lines.extend(reminders(pipe, &stack.description));
    Ok(lines)
}

/// What else reacts to a reader that should run and does not.
fn reminders(pipe: &Pipe<'_>, description: &StackDescription) -> Vec<String> {
    let mut lines = Vec::new();
    if !pipe.enabled {
        return lines;
    }
    let alarm = format!("{}-{}-pipe-down", description.stack, pipe.owner);
    if description.alarms.contains(&alarm) {
        lines.push(format!("after five minutes the alarm {alarm} goes on"));
    }
    let unless = if pipe.owner == ROUTER {
        ""
    } else {
        ", unless the subscription has enabled = false"
    };
    lines.push(format!("the next `terraform apply` starts it{unless}"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    fn refused(name: &str, hold: Option<SignedDuration>, accepts_loss: bool) -> Option<String> {
        let description = sample();
        let pipe = Pipe::named(&description, name).unwrap();
        may_stop(&pipe, hold, accepts_loss)
            .err()
            .map(|problem| problem.to_string())
    }

    #[test]
    fn a_pipe_that_reads_the_stream_is_not_stopped_without_a_bound() {
        for name in ["router", "fan"] {
            let why = refused(name, None, false).unwrap();
            assert!(why.contains("24 hours") && why.contains("--for"), "{why}");
            assert_eq!(
                refused(name, Some(SignedDuration::from_mins(30)), false),
                None
            );
            assert_eq!(refused(name, None, true), None);
        }
        assert_eq!(refused("invoices", None, false), None);
        assert_eq!(refused("ledger", None, false), None);
        assert_eq!(
            refused("invoices", Some(SignedDuration::from_hours(20)), false),
            None
        );
    }

    #[test]
    fn no_pause_is_longer_than_the_stream_allows() {
        for name in ["router", "invoices"] {
            for length in [SignedDuration::from_hours(21), SignedDuration::ZERO] {
                let why = refused(name, Some(length), false).unwrap();
                assert!(why.contains("at most 20 h"), "{why}");
            }
        }
    }

    #[test]
    fn what_reacts_to_a_pause_is_said() {
        let description = StackDescription {
            alarms: vec!["coatcheck-invoices-pipe-down".to_owned()],
            ..sample()
        };
        let of = |name: &str, enabled| {
            let pipe = Pipe {
                enabled,
                ..Pipe::named(&description, name).unwrap()
            };
            reminders(&pipe, &description).join("\n")
        };
        let invoices = of("invoices", true);
        assert!(
            invoices.contains("alarm coatcheck-invoices-pipe-down"),
            "{invoices}"
        );
        assert!(invoices.contains("unless the subscription"), "{invoices}");
        assert_eq!(of("router", true), "the next `terraform apply` starts it");
        assert_eq!(of("invoices", false), "");
    }
}
