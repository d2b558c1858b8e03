//! What a reader's state means for the events.

use aws::PipeState;

use super::{OPEN, PAUSED, Pipe};
use crate::Tone;

/// What a state means for the events.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// How good it is.
    pub tone: Tone,
    /// What it means.
    pub text: String,
    /// What to do, if there is anything.
    pub remedy: Option<String>,
    /// Whether events are lost if you do not act.
    pub loses: bool,
}

impl Meaning {
    /// What it means and, if there is anything, what to do.
    pub(super) fn in_full(&self) -> String {
        let remedy = self.remedy.as_ref();
        let remedy = remedy.map_or_else(String::new, |remedy| format!(": {remedy}"));
        format!("{}{remedy}", self.text)
    }

    /// `kept`: how long its queue keeps an event, if it has a queue.
    pub fn of(pipe: &Pipe<'_>, status: &PipeState, kept: Option<&str>) -> Self {
        let waits = match kept {
            Some(kept) => format!("events wait in its queue, for up to {kept}"),
            None if pipe.reads_stream() => {
                "events wait in the stream for 24 h, then they are lost".to_owned()
            }
            None => "events wait in its queue".to_owned(),
        };
        let because = status
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(" ({reason})"));
        let resume = format!("coatcheck subscriptions resume {}", pipe.owner);
        let remedy = |text: &str| Some(text.to_owned());
        let (tone, text, remedy, loses) = match (status.current.as_str(), pipe.enabled) {
            ("RUNNING", true) => (Tone::Good, "runs".to_owned(), None, false),
            ("RUNNING", false) => (
                Tone::Attention,
                "runs, although Terraform has enabled = false".to_owned(),
                remedy("set enabled = true, or the next terraform apply stops it"),
                false,
            ),
            ("STOPPED", false) => {
                let text = format!("is disabled in Terraform; {waits}");
                (Tone::Quiet, text, None, false)
            }
            ("STOPPED", true) => {
                let tone = if pipe.reads_stream() {
                    Tone::Bad
                } else {
                    Tone::Attention
                };
                let text = format!("is stopped{because}; {waits}");
                (tone, text, Some(resume), true)
            }
            (OPEN, _) => {
                let text =
                    format!("has stopped deliveries: its destination fails{because}; {waits}");
                let remedy = format!(
                    "look at the destination; when it is well, deliveries go on with the next probe, or at once: {resume}"
                );
                (Tone::Bad, text, Some(remedy), false)
            }
            (PAUSED, _) => {
                let text =
                    format!("is paused: its destination says that it is gone{because}; {waits}");
                let remedy = format!(
                    "ask the receiver; change the address or remove the subscription, or {resume}"
                );
                (Tone::Bad, text, Some(remedy), true)
            }
            ("STARTING" | "STOPPING" | "CREATING" | "UPDATING", _) => {
                let text = format!("is changing, which takes a minute or two; {waits}");
                (
                    Tone::Attention,
                    text,
                    remedy("check again in a minute"),
                    false,
                )
            }
            ("NOT_FOUND", _) => {
                let what = match pipe.mapping {
                    Some(_) => "the mapping that feeds",
                    None => "the pipe",
                };
                let text = format!(
                    "has no reader: {what} {} does not exist; {waits}",
                    pipe.name
                );
                (Tone::Bad, text, remedy("terraform apply"), true)
            }
            (_, enabled) => {
                let text = format!("failed to change its state{because}; {waits}");
                let remedy = format!("fix the cause, then {resume}");
                (Tone::Bad, text, Some(remedy), enabled)
            }
        };
        Self {
            tone,
            text,
            remedy,
            loses,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    fn of(name: &str, enabled: bool, state: &str) -> Meaning {
        let description = sample();
        let pipe = Pipe {
            enabled,
            ..Pipe::named(&description, name).unwrap()
        };
        let status = PipeState {
            current: state.to_owned(),
            desired: None,
            reason: Some("no right".to_owned()),
        };
        let kept = (!pipe.reads_stream()).then_some("14 d");
        Meaning::of(&pipe, &status, kept)
    }

    #[test]
    fn each_state_has_its_weight() {
        for (name, enabled, state, tone, loses) in [
            ("invoices", true, "RUNNING", Tone::Good, false),
            ("invoices", false, "RUNNING", Tone::Attention, false),
            ("invoices", true, "STOPPED", Tone::Attention, true),
            ("ledger", true, "STOPPED", Tone::Attention, true),
            ("router", true, "STOPPED", Tone::Bad, true),
            ("invoices", false, "STOPPED", Tone::Quiet, false),
            ("invoices", true, "UPDATING", Tone::Attention, false),
            ("invoices", true, "START_FAILED", Tone::Bad, true),
            ("invoices", false, "STOP_FAILED", Tone::Bad, false),
            ("invoices", true, "NOT_FOUND", Tone::Bad, true),
            ("invoices", true, "OPEN", Tone::Bad, false),
            ("invoices", true, "PAUSED", Tone::Bad, true),
        ] {
            let found = of(name, enabled, state);
            assert_eq!((found.tone, found.loses), (tone, loses), "{name} {state}");
            let quiet = matches!(tone, Tone::Good | Tone::Quiet);
            assert_eq!(found.remedy.is_none(), quiet, "{name} {state}");
        }
    }

    #[test]
    fn it_says_why_and_where_events_wait() {
        let invoices = of("invoices", true, "STOPPED").text;
        assert!(
            invoices.contains("(no right)") && invoices.contains("14 d"),
            "{invoices}"
        );
        let fan = of("fan", true, "START_FAILED").text;
        assert!(fan.contains("(no right)") && fan.contains("24 h"), "{fan}");
    }
}
