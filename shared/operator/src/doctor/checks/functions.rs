use aws::operator::{FunctionState, Functions};

use super::{super::finding::Finding, each};
use crate::Stack;

const CHECK: &str = "functions";

/// Whether every function can run, in its last version.
pub(in super::super) async fn functions(stack: &Stack) -> Vec<Finding> {
    let functions = &Functions::new(&stack.sdk);
    each(
        stack.description.functions.values(),
        move |one| async move {
            vec![match functions.state(&one.name).await {
                Ok(state) => judge(&one.name, &state),
                Err(error) => Finding::unseen(CHECK, &one.name, &error),
            }]
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
        ("Active", "Successful") => Finding::ok(CHECK, name, "is active"),
        ("Pending", _) | ("Active", "InProgress") => Finding::warn(
            CHECK,
            name,
            format!("is being changed{because}"),
            "look again in a minute",
        ),
        ("Inactive", _) => Finding::warn(
            CHECK,
            name,
            format!("has not run for so long that Lambda has put it away{because}"),
            "its next call brings it back, late: providers deliver again",
        ),
        ("Active", update) => Finding::bad(
            CHECK,
            name,
            format!("runs as it was before its last change, which is {update}{because}"),
            "fix what the reason names, then terraform apply",
        ),
        (state, _) => Finding::bad(
            CHECK,
            name,
            format!("is {state}{because}: it cannot run"),
            "fix what the reason names (often a key that is disabled), then terraform apply",
        )
        .with_loss(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    #[test]
    fn a_function_is_to_be_active_and_up_to_date() {
        for (state, last_update, verdict) in [
            ("Active", "Successful", Verdict::Ok),
            ("Active", "InProgress", Verdict::Warn),
            ("Pending", "InProgress", Verdict::Warn),
            ("Inactive", "Successful", Verdict::Warn),
            ("Active", "Failed", Verdict::Bad),
            ("Failed", "Successful", Verdict::Bad),
        ] {
            let state = FunctionState {
                state: state.to_owned(),
                last_update: last_update.to_owned(),
                reason: Some("no key".to_owned()),
            };
            let found = judge("coatcheck-ingest", &state);
            assert_eq!(found.verdict, verdict, "{state:?}");
            assert_eq!(found.finding.contains("(no key)"), verdict != Verdict::Ok);
        }
    }
}
