use std::future::Future;

use aws::{Described, ListedObjects, PageKey, Queue, Redemption, Wanted};
use domain::{
    ERASED_AT, Lane, ObjectKey, PointerStore, Ref, SignedDuration, StoreError, TimeBucket,
    Timestamp,
};
use serde_json::json;

use crate::Endpoints;

/// Looks through the payload bucket.
pub trait Objects {
    /// Its name.
    fn bucket(&self) -> &str;

    /// The payloads of a lane, a shard and an hour, from the beginning or after an earlier page.
    fn list(
        &self,
        lane: Lane,
        shard: char,
        hour: &str,
        after: Option<String>,
    ) -> impl Future<Output = Result<ListedObjects, StoreError>>;

    /// The object's metadata; `None` if it is gone.
    fn describe(
        &self,
        key: &ObjectKey,
    ) -> impl Future<Output = Result<Option<Described>, StoreError>>;

    /// Deletes an object whose event was erased, in all its versions; no failure if it is gone.
    fn erase(&self, key: &ObjectKey) -> impl Future<Output = Result<(), StoreError>>;

    /// The object's bytes; `None` if it is gone.
    fn read(&self, key: &ObjectKey) -> impl Future<Output = Result<Option<Vec<u8>>, StoreError>>;

    /// Has an object of the direct lane judged, as S3 does when it is stored.
    fn announce(&self, key: &ObjectKey) -> impl Future<Output = Result<(), StoreError>>;

    /// About how many messages wait that `admit` has not received yet.
    fn waiting(&self) -> impl Future<Output = Result<u64, StoreError>>;
}

/// An event that has a pointer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Indexed {
    /// Names it.
    pub reference: Ref,
    /// Names the request that delivered it, in the direct lane.
    pub request_id: Option<String>,
    /// When the delivery came.
    pub received_at: Timestamp,
}

/// Knows which events were received when.
pub trait Index {
    /// The position after a page.
    type Cursor;

    /// Events of the bucket, whose hour begins at `hour`. A page may be empty and
    /// still have a next one.
    fn events(
        &self,
        bucket: &TimeBucket,
        hour: Timestamp,
        after: Option<Self::Cursor>,
    ) -> impl Future<Output = Result<(Vec<Indexed>, Option<Self::Cursor>), StoreError>>;
}

/// What the table has where an event's pointer belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// Nothing.
    Free,
    /// A pointer.
    Pointer,
    /// The event was erased.
    Tombstone,
}

/// Keeps pointers.
pub trait PointerTable: PointerStore {
    /// What is there, read consistently.
    fn place(&self, reference: &Ref) -> impl Future<Output = Result<Place, StoreError>>;

    /// The object that the event's pointer names, as it is now.
    fn object(
        &self,
        reference: &Ref,
    ) -> impl Future<Output = Result<Option<ObjectKey>, StoreError>>;

    /// See [`aws::Pointers::is_announced`].
    fn is_announced(
        &self,
        object: &ObjectKey,
        at: Timestamp,
    ) -> impl Future<Output = Result<bool, StoreError>>;

    /// See [`aws::Pointers::note_announced`].
    fn note_announced(
        &self,
        object: &ObjectKey,
        at: Timestamp,
    ) -> impl Future<Output = Result<(), StoreError>>;
}

/// Where payloads and pointers are.
#[derive(Debug)]
pub struct Stores<O, I, P, E> {
    /// The payloads.
    pub objects: O,
    /// The pointers by time.
    pub index: I,
    /// The pointers by event.
    pub pointers: P,
    /// What endpoints keep of their events.
    pub endpoints: Endpoints<E>,
}

/// The bucket, and the queue that announces its objects to `admit`.
#[derive(Debug, Clone)]
pub struct Announced {
    listing: aws::Listing,
    versions: aws::Versions,
    payloads: Redemption,
    admit: Queue,
}

impl Stores<Announced, aws::ByTime, aws::Pointers, aws::Endpoints> {
    /// Those of a stack.
    #[must_use]
    pub fn of(
        sdk: &aws::Sdk,
        bucket: String,
        events_table: String,
        endpoints_table: String,
        admit_queue_url: String,
    ) -> Self {
        Self {
            objects: Announced {
                versions: aws::Versions::new(sdk, bucket.clone()),
                listing: aws::Listing::new(sdk, bucket),
                payloads: Redemption::new(sdk),
                admit: Queue::new(sdk, admit_queue_url),
            },
            index: aws::ByTime::new(sdk, events_table.clone()),
            pointers: aws::Pointers::new(sdk, events_table),
            endpoints: Endpoints::new(aws::Endpoints::new(sdk, endpoints_table)),
        }
    }
}

impl Objects for Announced {
    fn bucket(&self) -> &str {
        self.listing.bucket()
    }

    async fn list(
        &self,
        lane: Lane,
        shard: char,
        hour: &str,
        after: Option<String>,
    ) -> Result<ListedObjects, StoreError> {
        self.listing.list(lane, shard, hour, after).await
    }

    async fn describe(&self, key: &ObjectKey) -> Result<Option<Described>, StoreError> {
        self.listing.describe(key).await
    }

    async fn erase(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.versions.delete(key).await.map(drop)
    }

    async fn read(&self, key: &ObjectKey) -> Result<Option<Vec<u8>>, StoreError> {
        let opened = self.payloads.open(self.bucket(), key.as_str()).await?;
        let Some(mut object) = opened else {
            return Ok(None);
        };
        let mut body = Vec::new();
        while let Some(piece) = object.next().await? {
            body.extend_from_slice(&piece);
        }
        Ok(Some(body))
    }

    async fn announce(&self, key: &ObjectKey) -> Result<(), StoreError> {
        let notice = json!({
            "detail": {"bucket": {"name": self.bucket()}, "object": {"key": key.as_str()}},
        });
        self.admit.send(&notice.to_string()).await
    }

    async fn waiting(&self) -> Result<u64, StoreError> {
        self.admit.waiting().await
    }
}

/// DynamoDB ends a page at 1 MB, which is less.
const ROWS: u32 = 10_000;

impl Index for aws::ByTime {
    type Cursor = PageKey;

    async fn events(
        &self,
        bucket: &TimeBucket,
        hour: Timestamp,
        after: Option<PageKey>,
    ) -> Result<(Vec<Indexed>, Option<PageKey>), StoreError> {
        let wanted = Wanted {
            endpoint: None,
            kinds: &[],
            named: None,
            from: hour,
            until: hour
                .saturating_add(SignedDuration::from_hours(1))
                .unwrap_or(Timestamp::MAX),
            newest_first: false,
        };
        let page = self.page(bucket, &wanted, ROWS, after).await?;
        let events = page.rows.into_iter().map(|row| Indexed {
            reference: row.reference,
            request_id: row.request_id,
            received_at: row.received_at,
        });
        Ok((events.collect(), page.next))
    }
}

impl PointerTable for aws::Pointers {
    async fn place(&self, reference: &Ref) -> Result<Place, StoreError> {
        Ok(match self.get(reference).await? {
            None => Place::Free,
            Some(image) if image.contains_key(ERASED_AT) => Place::Tombstone,
            Some(_) => Place::Pointer,
        })
    }

    async fn object(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        self.pointed(reference).await
    }

    async fn is_announced(&self, object: &ObjectKey, at: Timestamp) -> Result<bool, StoreError> {
        Self::is_announced(self, object, at).await
    }

    async fn note_announced(&self, object: &ObjectKey, at: Timestamp) -> Result<(), StoreError> {
        Self::note_announced(self, object, at).await
    }
}
