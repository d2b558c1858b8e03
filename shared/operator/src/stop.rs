//! A request to end early, for work that must not be cut off in the middle.

use tokio::sync::watch;

/// A request to end early. The work finishes its current step first.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// The request is made through this channel.
    pub fn new(requested: watch::Receiver<bool>) -> Self {
        Self(requested)
    }

    /// Whether it was requested.
    pub fn is_requested(&self) -> bool {
        *self.0.borrow()
    }

    /// Waits until it is requested.
    pub async fn wait(&self) {
        let mut requested = self.0.clone();
        if requested.wait_for(|requested| *requested).await.is_err() {
            // The sender is gone, so the request never comes.
            std::future::pending::<()>().await;
        }
    }

    /// One that is requested already, or never is.
    #[cfg(test)]
    pub(crate) fn fixed(requested: bool) -> Self {
        Self(watch::channel(requested).1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn wait_ends_once_it_is_requested() {
        let soon = Duration::from_millis(20);
        let requested = Stop::fixed(true);
        assert!(requested.is_requested() && timeout(soon, requested.wait()).await.is_ok());
        let never = Stop::fixed(false);
        assert!(!never.is_requested() && timeout(soon, never.wait()).await.is_err());
    }
}
