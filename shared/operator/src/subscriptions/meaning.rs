//! What a pipe's state means for the events.

use aws::PipeState;

use super::Pipe;
use crate::Tone;

/// A state, judged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meaning {
    /// How good that is.
    pub tone: Tone,
    /// What it comes to.
    pub text: String,
    /// What to do, if there is anything.
    pub remedy: Option<String>,
    /// Whether events are lost if nobody does it.
    pub loses: bool,
}

impl Meaning {
    /// What it comes to and, if there is anything, what to do.
    pub(super) fn in_full(&self) -> String {
        let remedy = self.remedy.as_ref();
        let remedy = remedy.map_or_else(String::new, |remedy| format!(": {remedy}"));
        format!("{}{remedy}", self.text)
    }

    /// `kept` says how long the queue keeps what comes, where there is one.
    pub fn of(pipe: &Pipe<'_>, status: &PipeState, kept: Option<&str>) -> Self {
        let waits = match kept {
            Some(kept) => format!("what comes waits in its queue, for {kept}"),
            None if pipe.reads_stream() => {
                "what comes waits in the stream, for 24 h, and is lost after that".to_owned()
            }
            None => "what comes waits in its queue".to_owned(),
        };
        let because = status
            .reason
            .as_ref()
            .map_or_else(String::new, |reason| format!(" ({reason})"));
        let resume = format!("coatcheck subscriptions resume {}", pipe.name);
        match (status.current.as_str(), pipe.enabled) {
            ("RUNNING", true) => Self {
                tone: Tone::Good,
                text: "runs".to_owned(),
                remedy: None,
                loses: false,
            },
            ("RUNNING", false) => Self {
                tone: Tone::Worth,
                text: "runs, though Terraform has enabled = false".to_owned(),
                remedy: Some("set enabled = true, or the next terraform apply stops it".to_owned()),
                loses: false,
            },
            ("STOPPED", false) => Self {
                tone: Tone::Quiet,
                text: format!("is off, as Terraform has it; {waits}"),
                remedy: None,
                loses: false,
            },
            ("STOPPED", true) => Self {
                tone: if pipe.reads_stream() {
                    Tone::Bad
                } else {
                    Tone::Worth
                },
                text: format!("is stopped{because}; {waits}"),
                remedy: Some(resume),
                loses: true,
            },
            ("STARTING" | "STOPPING" | "CREATING" | "UPDATING", _) => Self {
                tone: Tone::Worth,
                text: format!("is changing, which takes a minute or two; {waits}"),
                remedy: Some("look again in a minute".to_owned()),
                loses: false,
            },
            ("NOT_FOUND", _) => Self {
                tone: Tone::Bad,
                text: format!("there is no pipe {}; {waits}", pipe.pipe),
                remedy: Some("terraform apply".to_owned()),
                loses: true,
            },
            (_, enabled) => Self {
                tone: Tone::Bad,
                text: format!("AWS could not do what it was asked{because}; {waits}"),
                remedy: Some(format!("fix what the reason names, then {resume}")),
                loses: enabled,
            },
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
            ("invoices", false, "RUNNING", Tone::Worth, false),
            ("invoices", true, "STOPPED", Tone::Worth, true),
            ("ledger", true, "STOPPED", Tone::Bad, true),
            ("router", true, "STOPPED", Tone::Bad, true),
            ("invoices", false, "STOPPED", Tone::Quiet, false),
            ("invoices", true, "UPDATING", Tone::Worth, false),
            ("invoices", true, "START_FAILED", Tone::Bad, true),
            ("invoices", false, "STOP_FAILED", Tone::Bad, false),
            ("invoices", true, "NOT_FOUND", Tone::Bad, true),
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
        let ledger = of("ledger", true, "START_FAILED").text;
        assert!(
            ledger.contains("(no right)") && ledger.contains("24 h"),
            "{ledger}"
        );
    }
}
