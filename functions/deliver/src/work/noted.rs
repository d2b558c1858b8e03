use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::destination::Turn;

/// Notes when an event's turn came: what it waited before is not the destination's time.
pub(super) struct Noted<'a> {
    turn: &'a dyn Turn,
    came: Mutex<Instant>,
}

impl<'a> Noted<'a> {
    pub(super) fn new(turn: &'a dyn Turn) -> Self {
        Self {
            turn,
            came: Mutex::new(Instant::now()),
        }
    }

    pub(super) fn since(&self) -> Duration {
        let came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        came.elapsed()
    }
}

impl Turn for Noted<'_> {
    fn wait(&self) -> BoxFuture<'_, Result<(), Duration>> {
        Box::pin(async {
            self.turn.wait().await?;
            *self.came.lock().unwrap_or_else(PoisonError::into_inner) = Instant::now();
            Ok(())
        })
    }
}
