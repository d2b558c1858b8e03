//! The wish that work ends early, for work that must not be cut off in the middle.

use tokio::sync::watch;

/// Whether somebody wants it to end. What was begun is put in order first.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

impl Stop {
    /// It is wanted once the channel says so.
    pub fn when(asked: watch::Receiver<bool>) -> Self {
        Self(asked)
    }

    /// Whether it is wanted.
    pub fn came(&self) -> bool {
        *self.0.borrow()
    }

    /// Until it is wanted.
    pub async fn wait(&self) {
        let mut asked = self.0.clone();
        if asked.wait_for(|came| *came).await.is_err() {
            // Nobody can ask any more: it never comes.
            std::future::pending::<()>().await;
        }
    }

    /// One that came already, or never does.
    #[cfg(test)]
    pub(crate) fn fixed(came: bool) -> Self {
        Self(watch::channel(came).1)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn is_waited_for_only_until_it_came() {
        let soon = Duration::from_millis(20);
        let came = Stop::fixed(true);
        assert!(came.came() && timeout(soon, came.wait()).await.is_ok());
        let never = Stop::fixed(false);
        assert!(!never.came() && timeout(soon, never.wait()).await.is_err());
    }
}
