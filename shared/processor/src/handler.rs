use std::future::Future;

use crate::{Event, Failure, Outcome};

/// What a processor does with an event.
pub trait Handler: Send + Sync + 'static {
    /// Handles one event; [`Event::payload`] redeems its payload. Events with the
    /// same ordering key come one after the other, in the order of the batch;
    /// others at the same time.
    ///
    /// # Errors
    /// [`Failure`]: what happens to this one event. A panic counts as
    /// [`Failure::Retry`], and so does exceeding the event's time: the future is
    /// then dropped at its next `await`.
    fn handle(&self, event: &Event) -> impl Future<Output = Result<Outcome, Failure>> + Send;
}
