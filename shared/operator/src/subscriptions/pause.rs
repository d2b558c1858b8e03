//! What it means that a pipe stands still.

use domain::SignedDuration;

use super::Pipe;
use crate::{
    Result, Stack,
    problem::refuse,
    stack::{Description, ROUTER},
    time::{said, said_s},
};

/// The stream keeps an event 24 hours; to bring what waited takes a while, too.
const LONGEST: SignedDuration = SignedDuration::from_hours(20);

/// Whether it may be stopped so.
pub fn may_stop(pipe: &Pipe<'_>, hold: Option<SignedDuration>, accepts_loss: bool) -> Result<()> {
    if let Some(length) = hold {
        if !length.is_positive() || length > LONGEST {
            refuse!(
                "--for is more than nothing and at most {}: the stream keeps events 24 h, \
                 and bringing what waited takes time",
                said(LONGEST)
            );
        }
        return Ok(());
    }
    if pipe.reads_stream() && !accepts_loss {
        refuse!(
            "{} reads the stream, which forgets an event after 24 hours: whatever is not brought by then is lost \
             to it. Say --for LENGTH, and the command starts it again by itself; or --accept-loss-after 24h",
            pipe.name
        );
    }
    Ok(())
}

/// What happens meanwhile, and who else takes notice.
pub async fn while_stopped(stack: &Stack, pipe: &Pipe<'_>) -> Result<Vec<String>> {
    let waits = match pipe.queue_url {
        Some(url) => format!(
            "its queue keeps what comes for {}, and drops it after that",
            said_s(stack.queue(url).depth().await?.kept_s)
        ),
        None => "what comes waits in the stream for 24 h, and is lost to it after that".to_owned(),
    };
    let mut lines = vec![waits];
    lines.extend(reminders(pipe, &stack.description));
    Ok(lines)
}

/// Who else takes notice of a pipe that is to run and does not.
fn reminders(pipe: &Pipe<'_>, description: &Description) -> Vec<String> {
    let mut lines = Vec::new();
    if !pipe.enabled {
        return lines;
    }
    let alarm = format!("{}-{}-pipe-down", description.stack, pipe.name);
    if description.alarms.contains(&alarm) {
        lines.push(format!("after five minutes the alarm {alarm} goes on"));
    }
    let unless = if pipe.name == ROUTER {
        ""
    } else {
        ", unless the subscription has enabled = false there"
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
    fn what_reads_the_stream_is_not_stopped_just_so() {
        for name in ["router", "ledger"] {
            let why = refused(name, None, false).unwrap();
            assert!(why.contains("24 hours") && why.contains("--for"), "{why}");
            assert_eq!(
                refused(name, Some(SignedDuration::from_mins(30)), false),
                None
            );
            assert_eq!(refused(name, None, true), None);
        }
        assert_eq!(refused("invoices", None, false), None);
        assert_eq!(
            refused("invoices", Some(SignedDuration::from_hours(20)), false),
            None
        );
    }

    #[test]
    fn nothing_stands_still_for_longer_than_the_stream_bears() {
        for name in ["router", "invoices"] {
            for length in [SignedDuration::from_hours(21), SignedDuration::ZERO] {
                let why = refused(name, Some(length), false).unwrap();
                assert!(why.contains("at most 20 h"), "{why}");
            }
        }
    }

    #[test]
    fn a_pause_that_others_notice_is_told() {
        let description = Description {
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
