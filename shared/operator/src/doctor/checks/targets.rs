use super::{super::finding::Finding, each};
use crate::{
    Stack,
    stack::Subscription,
    subscriptions::{Meaning, Seen},
};

const CHECK: &str = "targets";

/// Whether what every subscription delivers to exists. Of a pipe whose target is gone
/// EventBridge says that it runs.
pub(in super::super) async fn targets(stack: &Stack) -> Vec<Finding> {
    let targets = &stack.targets();
    each(
        &stack.description.subscriptions,
        move |(name, one): (&String, &Subscription)| async move {
            vec![judge(name, one, &Seen::of(targets, one).await)]
        },
    )
    .await
}

fn judge(name: &str, one: &Subscription, seen: &Seen) -> Finding {
    if let Some(Meaning {
        text,
        remedy,
        loses,
        ..
    }) = seen.meaning(name, one)
    {
        return Finding {
            loss: loses,
            ..Finding::bad(CHECK, name, text, remedy.unwrap_or_default())
        };
    }
    match seen {
        Seen::Unseen { why, remedy } => {
            Finding::warn(CHECK, name, format!("not checked: {why}"), remedy)
        }
        Seen::There | Seen::Missing => Finding::ok(CHECK, name, "is there"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{doctor::finding::Verdict, stack::sample};

    #[test]
    fn a_missing_target_is_bad_and_one_that_nobody_could_look_at_is_told() {
        let description = sample();
        let invoices = &description.subscriptions["invoices"];
        let missing = judge("invoices", invoices, &Seen::Missing);
        assert_eq!((missing.verdict, missing.loss), (Verdict::Bad, true));
        assert!(missing.remedy.unwrap().contains("terraform apply"));
        let unseen = Seen::Unseen {
            why: "lambda:GetFunctionConfiguration was refused".to_owned(),
            remedy: "attach the policies".to_owned(),
        };
        let unseen = judge("invoices", invoices, &unseen);
        assert_eq!(unseen.verdict, Verdict::Warn);
        assert!(unseen.finding.contains("lambda:GetFunctionConfiguration"));
        let there = judge("invoices", invoices, &Seen::There);
        assert_eq!(there.verdict, Verdict::Ok);
    }
}
