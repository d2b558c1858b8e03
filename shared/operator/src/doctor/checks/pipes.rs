use super::{
    super::finding::{About, Finding},
    each,
};
use crate::{
    Stack, Tone,
    subscriptions::{Meaning, Pipe, Readers},
};

/// Whether every reader that should run does: each pipe, and each mapping that feeds `deliver`.
pub(in super::super) async fn pipes(stack: &Stack) -> Vec<Finding> {
    let control = &Readers::of(stack);
    each(
        Pipe::all(&stack.description),
        move |pipe: Pipe<'_>| async move {
            let finding = match control.state(&pipe).await {
                Ok(status) => judge(&pipe, Meaning::of(&pipe, &status, None)),
                Err(error) => Finding::unchecked(pipe.owner, &error),
            };
            vec![finding.about(About::Subscription(pipe.owner.to_owned()))]
        },
    )
    .await
}

fn judge(pipe: &Pipe<'_>, meaning: Meaning) -> Finding {
    let finding = match (meaning.tone, meaning.remedy) {
        (Tone::Bad, Some(remedy)) => Finding::bad(pipe.owner, meaning.text, remedy),
        (_, Some(remedy)) => Finding::warn(pipe.owner, meaning.text, remedy),
        (_, None) => Finding::ok(pipe.owner, meaning.text),
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
    use crate::{doctor::finding::Severity, stack::sample};

    #[test]
    fn a_pipe_is_judged_by_what_its_state_means() {
        let description = sample();
        for (name, enabled, state, verdict, loss) in [
            ("invoices", true, "RUNNING", Severity::Ok, false),
            ("invoices", false, "STOPPED", Severity::Ok, false),
            ("invoices", true, "STARTING", Severity::Warn, false),
            ("invoices", true, "STOPPED", Severity::Warn, true),
            ("router", true, "STOPPED", Severity::Bad, true),
            ("invoices", true, "START_FAILED", Severity::Bad, true),
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
