use domain::Timestamp;
use futures_util::StreamExt;
use operator::{
    Stack,
    doctor::{Finding, examine},
    requests,
};

/// What the doctor found.
pub(crate) struct Examined {
    /// When.
    pub(crate) at: Timestamp,
    /// All findings, in the doctor's order.
    pub(crate) findings: Vec<Finding>,
    /// How many requests it took, if someone counted.
    pub(crate) requests: Option<u64>,
}

impl Examined {
    pub(super) async fn now(stack: &Stack) -> Self {
        let before = requests::so_far();
        let groups: Vec<_> = examine(stack).collect().await;
        let made = |so_far: u64| so_far.saturating_sub(before.unwrap_or_default());
        Self {
            at: (stack.now)(),
            findings: groups
                .into_iter()
                .flat_map(|(_, findings)| findings)
                .collect(),
            requests: requests::so_far().map(made),
        }
    }
}
