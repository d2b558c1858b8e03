//! The body of a request.

use std::{
    pin::Pin,
    task::{Context, Poll},
};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use tokio::sync::mpsc;

/// Bytes on their way out: at once, or piece by piece.
pub(super) struct Outbound {
    /// What is left to send, in bytes.
    left: u64,
    source: Source,
}

enum Source {
    Whole(Option<Bytes>),
    Pieces(mpsc::Receiver<Bytes>),
}

/// Where pieces are put in. Dropped before the last one, it breaks the request off, so that the
/// receiver never sees a whole one.
pub(super) struct Feeder(mpsc::Sender<Bytes>);

/// The pieces ended early: the connection must be closed.
#[derive(Debug, thiserror::Error)]
#[error("the body was broken off")]
pub(super) struct BrokenOff;

impl Outbound {
    pub(super) fn whole(bytes: Bytes) -> Self {
        Self {
            left: bytes.len() as u64,
            source: Source::Whole(Some(bytes)),
        }
    }

    /// A body of exactly this size. One piece waits while the one before is sent.
    pub(super) fn pieces(size: u64) -> (Feeder, Self) {
        let (sender, receiver) = mpsc::channel(1);
        let body = Self {
            left: size,
            source: Source::Pieces(receiver),
        };
        (Feeder(sender), body)
    }
}

impl Feeder {
    /// Waits until there is room. `false`: the request is over.
    pub(super) async fn feed(&self, piece: Bytes) -> bool {
        self.0.send(piece).await.is_ok()
    }
}

impl Body for Outbound {
    type Data = Bytes;
    type Error = BrokenOff;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, BrokenOff>>> {
        if self.left == 0 {
            return Poll::Ready(None);
        }
        let next = match &mut self.source {
            Source::Whole(bytes) => bytes.take(),
            Source::Pieces(pieces) => match pieces.poll_recv(context) {
                Poll::Ready(next) => next,
                Poll::Pending => return Poll::Pending,
            },
        };
        // More than announced is as wrong as less.
        let left = next
            .as_ref()
            .and_then(|bytes| self.left.checked_sub(bytes.len() as u64));
        Poll::Ready(Some(match (next, left) {
            (Some(bytes), Some(left)) => {
                self.left = left;
                Ok(Frame::data(bytes))
            }
            _ => Err(BrokenOff),
        }))
    }

    fn is_end_stream(&self) -> bool {
        self.left == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left)
    }
}
