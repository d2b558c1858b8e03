//! One call at a time: an invocation waits at each call until the script says how that call goes.

use std::{
    future::{pending, poll_fn},
    sync::{Mutex, MutexGuard, PoisonError},
    task::Poll,
};

use domain::StoreError;
use testkit::{busy, refused};

use crate::script::Fate;

/// Who may make its next call, and how that goes.
#[derive(Debug, Default)]
pub(crate) struct Turn(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    granted: Option<Fate>,
    died: bool,
    calls: u64,
}

impl Turn {
    /// The invocation that is polled next makes one call, which goes like this.
    pub(crate) fn grant(&self, fate: Option<Fate>) {
        let mut state = lock(&self.0);
        state.granted = fate;
        state.died = false;
    }

    /// Whether the process died in its turn.
    pub(crate) fn died(&self) -> bool {
        lock(&self.0).died
    }

    /// How many calls have been made.
    pub(crate) fn calls(&self) -> u64 {
        lock(&self.0).calls
    }

    /// Makes a call to a store, as the script says.
    pub(crate) async fn call<R>(
        &self,
        operation: &'static str,
        mut work: impl FnMut() -> Result<R, StoreError> + Send,
    ) -> Result<R, StoreError> {
        match self.next().await {
            Fate::Done => work(),
            Fate::Fails => Err(busy(operation)),
            Fate::Refused => Err(refused(operation)),
            Fate::Lost => {
                work()?;
                Err(busy(operation))
            }
            Fate::Again => {
                work()?;
                work()
            }
            Fate::DiesBefore => self.die().await,
            Fate::DiesAfter => {
                work()?;
                self.die().await
            }
        }
    }

    async fn next(&self) -> Fate {
        poll_fn(|context| {
            let mut state = lock(&self.0);
            match state.granted.take() {
                Some(fate) => {
                    state.calls += 1;
                    Poll::Ready(fate)
                }
                None => {
                    // `sweep` works on several shards at once and polls only those that were woken.
                    context.waker().wake_by_ref();
                    Poll::Pending
                }
            }
        })
        .await
    }

    async fn die<R>(&self) -> R {
        lock(&self.0).died = true;
        pending().await
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
