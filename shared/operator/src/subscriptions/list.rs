use futures_util::{TryStreamExt, future::join};
use serde::{Serialize, Serializer};
use serde_json::json;

use super::{Pipe, Readers, TargetState};
use crate::{Result, Stack, concurrently::concurrently, stack::Subscription};

/// A subscription, its reader's state, and whether its target exists.
#[derive(Debug)]
pub struct ListedSubscription<'a> {
    /// Its name.
    pub name: &'a str,
    /// Its configuration.
    pub subscription: &'a Subscription,
    /// The reader's state, or `TARGET_MISSING` if it runs and its target does not exist.
    pub state: String,
    target_state: TargetState,
}

impl<'a> ListedSubscription<'a> {
    /// A subscription whose reader and target are in these states.
    pub fn of(
        name: &'a str,
        subscription: &'a Subscription,
        pipe: &str,
        target_state: TargetState,
    ) -> Self {
        Self {
            name,
            subscription,
            state: target_state.state(pipe).to_owned(),
            target_state,
        }
    }

    /// What the state alone does not say.
    pub fn remark(&self) -> Option<String> {
        match self.target_state.meaning(self.name, self.subscription) {
            None => self.target_state.why_unknown(self.name),
            Some(meaning) => Some(format!("{} {}", self.name, meaning.in_full())),
        }
    }
}

impl Serialize for ListedSubscription<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Subscription {
            types,
            endpoints,
            filter,
            target,
            ordered,
            enabled,
            ..
        } = self.subscription;
        json!({
            "name": self.name,
            "types": types,
            "endpoints": endpoints,
            "filter": filter.as_ref().map(ToString::to_string),
            "target": {
                "kind": target.kind,
                "arn": target.arn,
                "processor": target.processor,
                "exists": self.target_state.exists(),
            },
            "ordered": ordered,
            "enabled": enabled,
            "state": self.state,
        })
        .serialize(serializer)
    }
}

/// All subscriptions, with the state of their readers and targets.
pub async fn list(stack: &Stack) -> Result<Vec<ListedSubscription<'_>>> {
    let (control, targets) = (&Readers::of(stack), &stack.targets());
    let looks = stack.description.subscriptions.iter();
    concurrently(looks.map(|(name, one)| async move {
        let pipe = Pipe::of(name, one);
        let (status, target_state) =
            join(control.state(&pipe), TargetState::look_up(targets, one)).await;
        Ok(ListedSubscription::of(
            name,
            one,
            &status?.current,
            target_state,
        ))
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
        let row = ListedSubscription::of("invoices", invoices, "RUNNING", TargetState::Missing);
        assert_eq!(
            serde_json::to_string(&row).unwrap(),
            r#"{"name":"invoices","types":["invoice.*"],"endpoints":["stripe"],"filter":null,"target":{"kind":"lambda","arn":"arn:aws:lambda:eu-central-1:1:function:coatcheck-invoices","processor":"invoices","exists":false},"ordered":false,"enabled":true,"state":"TARGET_MISSING"}"#
        );
        let remark = row.remark().unwrap();
        assert!(
            remark.contains("coatcheck dlq redrive invoices"),
            "{remark}"
        );
    }
}
