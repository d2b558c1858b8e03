//! What must end before the console does.

use std::sync::Arc;

use tokio::sync::{OwnedRwLockReadGuard, RwLock};

/// The changes that run. The console ends after them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Running(Arc<RwLock<()>>);

impl Running {
    /// One more runs, until this is dropped.
    pub(crate) async fn begin(&self) -> OwnedRwLockReadGuard<()> {
        Arc::clone(&self.0).read_owned().await
    }

    /// Waits until none runs, and lets none start again.
    pub(crate) async fn ended(&self) {
        std::mem::forget(Arc::clone(&self.0).write_owned().await);
    }

    /// Whether none runs.
    pub(crate) fn is_idle(&self) -> bool {
        self.0.try_write().is_ok()
    }
}
