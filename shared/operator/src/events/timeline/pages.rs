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

/// An index, page by page.
pub(crate) trait Pages: Clone + Send + Sync {
    /// Names a partition.
    type Partition: Send + Sync;

    /// Where a page ended.
    type Key: Send + Sync;

    /// The spans of a query, in the order in which to read them.
    fn spans(&self, query: &Query) -> Box<dyn Iterator<Item = Span<Self::Partition>> + Send>;

    /// Some rows, of which there may be none, and where to continue; none at the end. It takes
    /// [`Query::requests_per_page`].
    fn page(
        &self,
        partition: &Self::Partition,
        query: &Query,
        after: Option<Self::Key>,
    ) -> impl Future<Output = Result<(Vec<Listed>, Option<Self::Key>)>> + Send;

    /// When the last event before this place was received.
    fn place(key: &Self::Key) -> Option<Timestamp>;
}
