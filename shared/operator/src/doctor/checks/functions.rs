use aws::operator::{FunctionState, Functions};

use super::{
    super::finding::{About, Finding},
    each,
};
use crate::Stack;

/// Whether every function can run, in its latest version.
pub(in super::super) async fn functions(stack: &Stack) -> Vec<Finding> {
    let functions = &Functions::new(&stack.sdk);
    each(
        stack.description.functions.values(),
        move |one| async move {
            let finding = match functions.state(&one.name).await {
                Ok(state) => judge(&one.name, &state),
                Err(error) => Finding::unchecked(&one.name, &error),
            };
            vec![finding.about(About::Function(one.name.clone()))]
        },
    )
    .await
}

fn judge(name: &str, state: &FunctionState) -> Finding {
    let because = state
        .reason
        .as_ref()
        .map_or_else(String::new, |reason| format!(" ({reason})"));
    match (state.state.as_str(), state.last_update.as_str()) {
        ("Active", "Successful") => Finding::ok(name, "is active"),
        ("Pending", _) | ("Active", "InProgress") => Finding::warn(
            name,
            format!("is changing{because}"),
            "check again in a minute",
        ),
        ("Inactive", _) => Finding::warn(
            name,
            format!("is inactive, because it has not run for a long time{because}"),
            "the next call activates it, which takes a while; providers retry meanwhile",
        ),
        ("Active", update) => Finding::bad(
            name,
            format!("runs as it was before its last update, which is {update}{because}"),
            "fix the cause, then terraform apply",
        ),
        (state, _) => Finding::bad(
            name,
            format!("is {state}{because}: it cannot run"),
            "fix the cause (often a disabled key), then terraform apply",
        )
        .with_loss(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    #[test]
    fn a_function_is_to_be_active_and_up_to_date() {
        for (state, last_update, verdict) in [
            ("Active", "Successful", Severity::Ok),
            ("Active", "InProgress", Severity::Warn),
            ("Pending", "InProgress", Severity::Warn),
            ("Inactive", "Successful", Severity::Warn),
            ("Active", "Failed", Severity::Bad),
            ("Failed", "Successful", Severity::Bad),
        ] {
            let state = FunctionState {
                state: state.to_owned(),
                last_update: last_update.to_owned(),
                reason: Some("no key".to_owned()),
            };
            let found = judge("coatcheck-ingest", &state);
            assert_eq!(found.verdict, verdict, "{state:?}");
            assert_eq!(found.finding.contains("(no key)"), verdict != Severity::Ok);
        }
    }
}
