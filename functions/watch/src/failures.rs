use domain::{StoreError, causes};
use tracing::error;

/// Counts and logs failures: each step is worth doing without the others.
#[derive(Default)]
pub(crate) struct Failures(pub(crate) usize);

impl Failures {
    pub(crate) fn seen<T>(&mut self, step: &str, outcome: Result<T, StoreError>) -> Option<T> {
        outcome
            .inspect_err(|problem| {
                self.0 += 1;
                error!(%problem, cause = causes(problem), "{step}");
            })
            .ok()
    }

    /// A step that failed without a store.
    pub(crate) fn add(&mut self, step: &str) {
        self.0 += 1;
        error!("{step}");
    }
}
