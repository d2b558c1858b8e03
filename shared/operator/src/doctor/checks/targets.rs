use super::{
    super::finding::{About, Finding},
    each,
};
use crate::{
    Stack,
    stack::Subscription,
    subscriptions::{Meaning, TargetState},
};

/// Whether the target of every subscription exists. EventBridge reports `RUNNING` for a pipe
/// whose target is gone.
pub(in super::super) async fn targets(stack: &Stack) -> Vec<Finding> {
    let targets = &stack.targets();
    each(
        &stack.description.subscriptions,
        move |(name, one): (&String, &Subscription)| async move {
            let finding = judge(name, one, &TargetState::look_up(targets, one).await);
            vec![finding.about(About::Subscription(name.clone()))]
        },
    )
    .await
}

fn judge(name: &str, one: &Subscription, target_state: &TargetState) -> Finding {
    if let Some(Meaning {
        text,
        remedy,
        loses,
        ..
    }) = target_state.meaning(name, one)
    {
        return Finding {
            loss: loses,
            ..Finding::bad(name, text, remedy.unwrap_or_default())
        };
    }
    match target_state {
        TargetState::Unknown { why, remedy } => {
            Finding::warn(name, format!("not checked: {why}"), remedy)
        }
        TargetState::Unchecked => Finding::ok(
            name,
            format!("of the kind {}, which is not looked up", one.target.kind),
        ),
        TargetState::Elsewhere => Finding::ok(
            name,
            "is an HTTP destination: whether it answers, its subscription's state says",
        ),
        TargetState::Exists | TargetState::Missing => Finding::ok(name, "exists"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{doctor::finding::Severity, stack::sample};

    #[test]
    fn a_missing_target_is_bad_and_one_that_could_not_be_checked_is_a_warning() {
        let description = sample();
        let invoices = &description.subscriptions["invoices"];
        let missing = judge("invoices", invoices, &TargetState::Missing);
        assert_eq!((missing.verdict, missing.loss), (Severity::Bad, true));
        assert!(missing.remedy.unwrap().contains("terraform apply"));
        let unseen = TargetState::Unknown {
            why: "lambda:GetFunctionConfiguration was refused".to_owned(),
            remedy: "attach the policies".to_owned(),
        };
        let unseen = judge("invoices", invoices, &unseen);
        assert_eq!(unseen.verdict, Severity::Warn);
        assert!(unseen.finding.contains("lambda:GetFunctionConfiguration"));
        let unchecked = judge("invoices", invoices, &TargetState::Unchecked);
        assert_eq!(unchecked.verdict, Severity::Ok);
        assert!(unchecked.finding.contains("not looked up"));
        let there = judge("invoices", invoices, &TargetState::Exists);
        assert_eq!(there.verdict, Severity::Ok);
    }
}
