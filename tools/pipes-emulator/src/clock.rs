//! The one place that asks for the time.

use jiff::Timestamp;

/// A source of the current time; a test gives a fixed one.
#[derive(Debug, Clone, Copy)]
pub struct Clock(fn() -> Timestamp);

impl Clock {
    /// The machine's clock.
    #[must_use]
    pub fn system() -> Self {
        #[expect(
            clippy::disallowed_methods,
            reason = "the edge of the process: the clock that all else is given"
        )]
        Self(Timestamp::now)
    }

    pub(crate) fn now(self) -> Timestamp {
        (self.0)()
    }
}
