use std::future::Future;

use aws::{ByTime, Listed, Page, PageKey};
use domain::{StoreError, TimeBucket, Timestamp};

use crate::events::Query;

/// The by-time index, page by page.
pub(crate) trait Pages: Clone + Send + Sync {
    /// Where a page ended.
    type Key: Send + Sync;

    fn page(
        &self,
        bucket: &TimeBucket,
        query: &Query,
        after: Option<Self::Key>,
    ) -> impl Future<Output = Result<(Vec<Listed>, Option<Self::Key>), StoreError>> + Send;

    /// When the last event before this place was received.
    fn place(key: &Self::Key) -> Option<Timestamp>;
}

impl Pages for ByTime {
    type Key = PageKey;

    async fn page(
        &self,
        bucket: &TimeBucket,
        query: &Query,
        after: Option<PageKey>,
    ) -> Result<(Vec<Listed>, Option<PageKey>), StoreError> {
        let Page { rows, next } =
            Self::page(self, bucket, &query.wanted(), query.page, after).await?;
        Ok((rows, next))
    }

    fn place(key: &PageKey) -> Option<Timestamp> {
        key.received_at()
    }
}
