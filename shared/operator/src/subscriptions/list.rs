use futures_util::{TryStreamExt, future::join};
use serde_json::{Value, json};

use super::Seen;
use crate::{Result, Stack, few::few, stack::Subscription};

/// A subscription as it is set up, its pipe's state, and whether its target is there.
#[derive(Debug)]
pub struct Listed<'a> {
    /// What it is called.
    pub name: &'a str,
    /// As it is set up.
    pub subscription: &'a Subscription,
    /// The pipe's, or `TARGET_MISSING` if it runs and delivers to nothing.
    pub state: String,
    seen: Seen,
}

impl<'a> Listed<'a> {
    /// A subscription whose pipe is in this state, after a look at its target.
    pub fn of(name: &'a str, subscription: &'a Subscription, pipe: &str, seen: Seen) -> Self {
        Self {
            name,
            subscription,
            state: seen.state(pipe).to_owned(),
            seen,
        }
    }

    /// What the state cannot say.
    pub fn remark(&self) -> Option<String> {
        match self.seen.meaning(self.name, self.subscription) {
            None => self.seen.unseen(self.name),
            Some(meaning) => Some(format!("{} {}", self.name, meaning.in_full())),
        }
    }

    /// As programs see it.
    pub fn as_json(&self) -> Value {
        let Subscription {
            types,
            endpoints,
            target,
            ordered,
            enabled,
            ..
        } = self.subscription;
        json!({
            "name": self.name,
            "types": types,
            "endpoints": endpoints,
            "target": {
                "kind": target.kind,
                "arn": target.arn,
                "processor": target.processor,
                "exists": self.seen.exists(),
            },
            "ordered": ordered,
            "enabled": enabled,
            "state": self.state,
        })
    }
}

/// All subscriptions, and what their pipes do.
pub async fn list(stack: &Stack) -> Result<Vec<Listed<'_>>> {
    let (control, targets) = (&stack.pipes(), &stack.targets());
    let looks = stack.description.subscriptions.iter();
    few(looks.map(|(name, one)| async move {
        let (status, seen) = join(control.state(&one.pipe), Seen::of(targets, one)).await;
        Ok(Listed::of(name, one, &status?.current, seen))
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
        let description = sample();
        let invoices = &description.subscriptions["invoices"];
        let row = Listed::of("invoices", invoices, "RUNNING", Seen::Missing);
        assert_eq!(
            row.as_json().to_string(),
            r#"{"name":"invoices","types":["invoice.*"],"endpoints":["stripe"],"target":{"kind":"lambda","arn":"arn:aws:lambda:eu-central-1:1:function:coatcheck-invoices","processor":"invoices","exists":false},"ordered":false,"enabled":true,"state":"TARGET_MISSING"}"#
        );
        let remark = row.remark().unwrap();
        assert!(
            remark.contains("coatcheck dlq redrive invoices"),
            "{remark}"
        );
    }
}
