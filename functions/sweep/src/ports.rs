use std::future::Future;

use aws::{Described, ListedObjects, PageKey, Wanted};
use domain::{ObjectKey, PointerStore, Ref, SignedDuration, StoreError, TimeBucket, Timestamp};

/// Looks through the payload bucket.
pub trait Objects {
    /// Its name.
    fn bucket(&self) -> &str;

    /// The payloads of a shard and an hour, from the beginning or after an earlier page.
    fn list(
        &self,
        shard: char,
        hour: &str,
        after: Option<String>,
    ) -> impl Future<Output = Result<ListedObjects, StoreError>>;

    /// What the object says of itself; `None` if it is gone.
    fn describe(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Described>, StoreError>>;
}

/// Knows which events were received when.
pub trait Index {
    /// The place after a page.
    type Cursor;

    /// Events of the bucket, whose hour begins at `hour`. A page may be empty and yet
    /// lead to another.
    fn refs(
        &self,
        bucket: &TimeBucket,
        hour: Timestamp,
        after: Option<Self::Cursor>,
    ) -> impl Future<Output = Result<(Vec<Ref>, Option<Self::Cursor>), StoreError>>;
}

/// Keeps pointers.
pub trait Pointers: PointerStore {
    /// Whether the event has a pointer.
    fn has(&self, reference: &Ref) -> impl Future<Output = Result<bool, StoreError>>;
}

/// Where payloads and pointers are.
#[derive(Debug, Clone)]
pub struct Stores<O, I, P> {
    /// The payloads.
    pub objects: O,
    /// The pointers by time.
    pub index: I,
    /// The pointers by event.
    pub pointers: P,
}

impl Stores<aws::Listing, aws::ByTime, aws::Pointers> {
    /// Those of a stack.
    #[must_use]
    pub fn of(sdk: &aws::Sdk, bucket: String, events_table: String) -> Self {
        Self {
            objects: aws::Listing::new(sdk, bucket),
            index: aws::ByTime::new(sdk, events_table.clone()),
            pointers: aws::Pointers::new(sdk, events_table),
        }
    }
}

impl Objects for aws::Listing {
    fn bucket(&self) -> &str {
        Self::bucket(self)
    }

    async fn list(
        &self,
        shard: char,
        hour: &str,
        after: Option<String>,
    ) -> Result<ListedObjects, StoreError> {
        Self::list(self, shard, hour, after).await
    }

    async fn describe(&self, key: &ObjectKey) -> Result<Option<Described>, StoreError> {
        Self::describe(self, key).await
    }
}

/// DynamoDB ends a page at 1 MB, which is less.
const ROWS: u32 = 10_000;

impl Index for aws::ByTime {
    type Cursor = PageKey;

    async fn refs(
        &self,
        bucket: &TimeBucket,
        hour: Timestamp,
        after: Option<PageKey>,
    ) -> Result<(Vec<Ref>, Option<PageKey>), StoreError> {
        let wanted = Wanted {
            endpoint: None,
            kinds: &[],
            from: hour,
            until: hour
                .saturating_add(SignedDuration::from_hours(1))
                .unwrap_or(Timestamp::MAX),
            newest_first: false,
        };
        let page = self.page(bucket, &wanted, ROWS, after).await?;
        let refs = page.rows.into_iter().map(|row| row.reference).collect();
        Ok((refs, page.next))
    }
}

impl Pointers for aws::Pointers {
    async fn has(&self, reference: &Ref) -> Result<bool, StoreError> {
        Ok(self.get(reference).await?.is_some())
    }
}
