use futures_util::{TryStreamExt, future::join};
use serde::Serialize;

use super::Seen;
use crate::{Result, Stack, few::few, stack::Subscription};

/// A subscription as it is set up, its pipe's state, and whether its target is there.
#[derive(Debug, Clone, Serialize)]
pub struct Listed<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The types that it takes.
    pub types: &'a [String],
    /// None means all.
    pub endpoints: Option<&'a [String]>,
    /// Who gets them.
    pub target: ListedTarget<'a>,
    /// Whether they come in order.
    pub ordered: bool,
    /// What Terraform wants.
    pub enabled: bool,
    /// The pipe's, or `TARGET_MISSING` if it runs and delivers to nothing.
    pub state: String,
    /// What the state cannot say.
    #[serde(skip)]
    pub remark: Option<String>,
}

/// Who gets the events.
#[derive(Debug, Clone, Serialize)]
pub struct ListedTarget<'a> {
    /// `lambda`, `express`, `standard` or `queue`.
    pub kind: &'a str,
    /// AWS's name for it.
    pub arn: &'a str,
    /// None where it is somebody else's.
    pub processor: Option<&'a str>,
    /// None where nobody could look.
    pub exists: Option<bool>,
}

impl<'a> Listed<'a> {
    /// A subscription whose pipe is in this state, after a look at its target.
    pub fn of(name: &'a str, one: &'a Subscription, pipe: &str, seen: &Seen) -> Self {
        let target = &one.target;
        Self {
            name,
            types: &one.types,
            endpoints: one.endpoints.as_deref(),
            target: ListedTarget {
                kind: &target.kind,
                arn: &target.arn,
                processor: target.processor.as_deref(),
                exists: seen.exists(),
            },
            ordered: one.ordered,
            enabled: one.enabled,
            state: seen.state(pipe).to_owned(),
            remark: match seen.meaning(name, one) {
                None => seen.unseen(name),
                Some(meaning) => Some(format!("{name} {}", meaning.in_full())),
            },
        }
    }
}

/// All subscriptions, and what their pipes do.
pub async fn list(stack: &Stack) -> Result<Vec<Listed<'_>>> {
    let (control, targets) = (&stack.pipes(), &stack.targets());
    let looks = stack.made_of.subscriptions.iter();
    few(looks.map(|(name, one)| async move {
        let (status, seen) = join(control.state(&one.pipe), Seen::of(targets, one)).await;
        Ok(Listed::of(name, one, &status?.current, &seen))
    }))
    .try_collect()
    .await
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn programs_see_that_a_target_is_missing() {
        let made_of = sample();
        let invoices = &made_of.subscriptions["invoices"];
        let row = Listed::of("invoices", invoices, "RUNNING", &Seen::Missing);
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"name":"invoices","types":["invoice.*"],"endpoints":["stripe"],"target":{"kind":"lambda","arn":"arn:aws:lambda:eu-central-1:1:function:coatcheck-invoices","processor":"invoices","exists":false},"ordered":false,"enabled":true,"state":"TARGET_MISSING"}"#
        );
        let remark = row.remark.unwrap();
        assert!(
            remark.contains("coatcheck dlq redrive invoices"),
            "{remark}"
        );
    }
}
