use super::{super::finding::Finding, each};
use crate::{
    Stack, Tone,
    subscriptions::{Meaning, Pipe},
};

const CHECK: &str = "pipes";

/// Whether every pipe runs that is to run.
pub(in super::super) async fn pipes(stack: &Stack) -> Vec<Finding> {
    let control = &stack.pipes();
    each(
        Pipe::all(&stack.description),
        move |pipe: Pipe<'_>| async move {
            vec![match control.state(pipe.pipe).await {
                Ok(status) => judge(&pipe, Meaning::of(&pipe, &status, None)),
                Err(error) => Finding::unseen(CHECK, pipe.name, &error),
            }]
        },
    )
    .await
}

fn judge(pipe: &Pipe<'_>, meaning: Meaning) -> Finding {
    let finding = match (meaning.tone, meaning.remedy) {
        (Tone::Bad, Some(remedy)) => Finding::bad(CHECK, pipe.name, meaning.text, remedy),
        (_, Some(remedy)) => Finding::warn(CHECK, pipe.name, meaning.text, remedy),
        (_, None) => Finding::ok(CHECK, pipe.name, meaning.text),
    };
    Finding {
        loss: meaning.loses,
        ..finding
    }
}

#[cfg(test)]
mod tests {
    use aws::PipeState;

    use super::*;
    use crate::{doctor::finding::Verdict, stack::sample};

    #[test]
    fn a_pipe_is_judged_by_what_its_state_means() {
        let description = sample();
        for (name, enabled, state, verdict, loss) in [
            ("invoices", true, "RUNNING", Verdict::Ok, false),
            ("invoices", false, "STOPPED", Verdict::Ok, false),
            ("invoices", true, "STARTING", Verdict::Warn, false),
            ("invoices", true, "STOPPED", Verdict::Warn, true),
            ("router", true, "STOPPED", Verdict::Bad, true),
            ("invoices", true, "START_FAILED", Verdict::Bad, true),
        ] {
            let pipe = Pipe {
                enabled,
                ..Pipe::named(&description, name).unwrap()
            };
            let status = PipeState {
                current: state.to_owned(),
                ..PipeState::default()
            };
            let found = judge(&pipe, Meaning::of(&pipe, &status, None));
            assert_eq!(
                (found.verdict, found.loss),
                (verdict, loss),
                "{name} {state}"
            );
        }
    }
}
