//! Ctrl-C, for work that must not be cut off in the middle.

use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
};

/// Whether somebody wants the command to end. Once it listens nothing but the command itself
/// ends the process, so that what was begun is put in order first.
#[derive(Clone)]
pub(crate) struct Interrupt(watch::Receiver<bool>);

impl Interrupt {
    /// Ctrl-C, a closed terminal, or a polite kill.
    pub(crate) fn listen() -> Self {
        let (came, interrupt) = watch::channel(false);
        for kind in [
            SignalKind::interrupt(),
            SignalKind::terminate(),
            SignalKind::hangup(),
        ] {
            let came = came.clone();
            // Without a handler the signal ends the process as it always does.
            let Ok(mut signal) = signal(kind) else {
                continue;
            };
            tokio::spawn(async move {
                while signal.recv().await.is_some() {
                    came.send_replace(true);
                }
            });
        }
        Self(interrupt)
    }

    /// Whether it came.
    pub(crate) fn came(&self) -> bool {
        *self.0.borrow()
    }

    /// Until it comes.
    pub(crate) async fn wait(&self) {
        let mut interrupt = self.0.clone();
        if interrupt.wait_for(|came| *came).await.is_err() {
            // Nobody listens: it never comes.
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
        let came = Interrupt::fixed(true);
        assert!(came.came() && timeout(soon, came.wait()).await.is_ok());
        let never = Interrupt::fixed(false);
        assert!(!never.came() && timeout(soon, never.wait()).await.is_err());
    }
}
