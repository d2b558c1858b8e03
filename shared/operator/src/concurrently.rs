//! Many calls of one kind at a time.

use futures_util::{
    StreamExt,
    stream::{self, Buffered},
};

/// How many run at once: AWS allows few of them a second.
const AT_ONCE: usize = 8;

/// Makes all of these calls, a few at a time, and keeps their order.
pub(crate) fn concurrently<F: Future>(
    calls: impl Iterator<Item = F>,
) -> Buffered<stream::Iter<std::vec::IntoIter<F>>> {
    // Collected, so that the future can go to another thread whatever the iterator borrows.
    stream::iter(calls.collect::<Vec<_>>()).buffered(AT_ONCE)
}
