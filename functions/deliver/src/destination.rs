use std::{fmt, future::Future, time::Duration};

use futures_util::future::BoxFuture;
use tokio::time::Instant;

use crate::event::Event;

/// The most of a destination's answer that is kept.
pub(crate) const ANSWER_MAX_BYTES: usize = 1024;

/// One event on its way.
#[derive(Clone, Copy)]
pub(crate) struct Outgoing<'a> {
    /// Decoded, with its claim.
    pub(crate) event: &'a Event,
    /// Names this message in its queue. It is the `deliveryid` that the target gets.
    pub(crate) message_id: &'a str,
    /// The attempt is over by then, with [`Outcome::Retry`] if nothing else is known.
    pub(crate) deadline: Instant,
    pub(crate) turn: &'a dyn Turn,
}

/// When an event may be sent, at the pace that its destination can bear.
pub(crate) trait Turn: Send + Sync {
    /// Waits until then. `Err`: that is too late for this invocation, and the event may be sent
    /// after this time.
    fn wait(&self) -> BoxFuture<'_, Result<(), Duration>>;
}

impl Outgoing<'_> {
    /// Waits for the event's turn. A destination does all that takes time first (it reads the
    /// payload, gets a token), waits for the turn, and sends at once: what lies between would blur
    /// the pace. Before a second request within the same attempt it waits again.
    ///
    /// # Errors
    /// The outcome of the attempt, which has not been made.
    pub(crate) async fn turn(&self) -> Result<(), Outcome> {
        let turn = self.turn.wait().await;
        turn.map_err(|after| Outcome::Held { after })
    }
}

/// What became of an attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// The destination has it.
    Delivered {
        /// What an HTTP destination answered.
        status: Option<u16>,
    },
    /// It may succeed later.
    Retry {
        reason: Reason,
        status: Option<u16>,
        /// How long the destination asked to be left alone.
        after: Option<Duration>,
        /// Whether it counts for the breaker. A transport error, a timeout and a 5xx do; a 408, a
        /// 425 and a 429 do not, and neither does what is wrong on our side.
        strikes: bool,
    },
    /// It was not attempted, so this is no try.
    Held {
        /// How long it should wait.
        after: Duration,
    },
    /// No retry helps.
    Reject {
        reason: Reason,
        status: Option<u16>,
        /// At most [`ANSWER_MAX_BYTES`] of what the destination answered.
        answer: Vec<u8>,
    },
    /// The destination says that it is gone for good: HTTP's 410.
    Gone {
        /// At most [`ANSWER_MAX_BYTES`] of what the destination answered.
        answer: Vec<u8>,
    },
}

/// Why an attempt failed, in a word of ours: `timeout`, `tls`, `payload_missing`. Never a text of
/// the destination or the payload, since it goes into logs and records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Reason(pub(crate) &'static str);

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

/// Where a subscription's events go.
pub(crate) trait Destination: Sync {
    /// Makes one attempt at one event.
    fn deliver(&self, outgoing: Outgoing<'_>) -> impl Future<Output = Outcome> + Send;
}

/// For tests of destinations: at once.
#[cfg(test)]
pub(crate) struct AtOnce;

#[cfg(test)]
impl Turn for AtOnce {
    fn wait(&self) -> BoxFuture<'_, Result<(), Duration>> {
        Box::pin(std::future::ready(Ok(())))
    }
}
