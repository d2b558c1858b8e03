use futures_util::TryStreamExt;
use serde::Serialize;

use crate::{Result, Stack, few::few, stack::Subscription};

/// A subscription as it is set up, and its pipe's state.
#[derive(Debug, Clone, Serialize)]
pub struct Listed<'a> {
    /// What it is called.
    pub name: &'a str,
    /// The types that it takes.
    pub types: &'a [String],
    /// None means all.
    pub endpoints: Option<&'a [String]>,
    /// Who gets them.
    pub target: Delivered<'a>,
    /// Whether they come in order.
    pub ordered: bool,
    /// What Terraform wants.
    pub enabled: bool,
    /// The pipe's.
    pub state: String,
}

/// Who gets the events.
#[derive(Debug, Clone, Serialize)]
pub struct Delivered<'a> {
    /// `lambda`, `express`, `standard` or `queue`.
    pub kind: &'a str,
    /// AWS's name for it.
    pub arn: &'a str,
    /// None where it is somebody else's.
    pub processor: Option<&'a str>,
}

impl<'a> Listed<'a> {
    /// A subscription whose pipe is in this state.
    pub fn of(name: &'a str, one: &'a Subscription, state: String) -> Self {
        let target = &one.target;
        Self {
            name,
            types: &one.types,
            endpoints: one.endpoints.as_deref(),
            target: Delivered {
                kind: &target.kind,
                arn: &target.arn,
                processor: target.processor.as_deref(),
            },
            ordered: one.ordered,
            enabled: one.enabled,
            state,
        }
    }
}

/// All subscriptions, and what their pipes do.
pub async fn list(stack: &Stack) -> Result<Vec<Listed<'_>>> {
    let control = &stack.pipes();
    let looks = stack.made_of.subscriptions.iter();
    few(looks.map(|(name, one)| async move {
        let status = control.state(&one.pipe).await?;
        Ok(Listed::of(name, one, status.current))
    }))
    .try_collect()
    .await
}
