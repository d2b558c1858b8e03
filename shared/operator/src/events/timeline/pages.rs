use std::future::Future;

use aws::Listed;
use domain::Timestamp;

use crate::{Result, events::Query};

/// A part of a query's time, and the partitions of an index that hold its events between them.
pub(crate) struct Span<P> {
    pub(crate) from: Timestamp,
    /// Exclusive.
    pub(crate) until: Timestamp,
    pub(crate) partitions: Vec<P>,
}

/// Some rows of a partition. There may be none, and yet a next page.
pub(crate) struct Read<K> {
    pub(crate) rows: Vec<Listed>,
    /// Where to continue; none at the end.
    pub(crate) next: Option<K>,
    /// Requests that it took beside the page itself.
    pub(crate) more_requests: u32,
}

/// An index, page by page.
pub(crate) trait Pages: Clone + Send + Sync {
    /// Names a partition.
    type Partition: Send + Sync;

    /// Where a page ended.
    type Key: Send + Sync;

    /// The spans of a query, in the order in which to read them.
    fn spans(&self, query: &Query) -> Box<dyn Iterator<Item = Span<Self::Partition>> + Send>;

    fn page(
        &self,
        partition: &Self::Partition,
        query: &Query,
        after: Option<Self::Key>,
    ) -> impl Future<Output = Result<Read<Self::Key>>> + Send;

    /// When the last event before this place was received.
    fn place(key: &Self::Key) -> Option<Timestamp>;
}
