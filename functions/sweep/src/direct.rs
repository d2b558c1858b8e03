use aws::ListedObject;
use domain::{EndpointDirectory, Lane, ObjectKey, SignedDuration, StoreError};

use crate::{
    Finding, Index, Objects, PointerTable,
    found::Unreadable,
    shard::{End, Known, ShardSweep, Swept},
};

/// No stack and no endpoint lets payloads expire sooner: Terraform requires a week more than a queue keeps a
/// message.
const PAYLOADS_STAY: SignedDuration = SignedDuration::from_hours(7 * 24);

/// The direct lane's part of a shard of an hour. Nothing is announced here: that waits until
/// everything has been checked.
impl<O: Objects, I: Index, P: PointerTable, E: EndpointDirectory> ShardSweep<'_, O, I, P, E> {
    /// An object without a pointer was not judged: its message waits, or was lost.
    pub(crate) fn incoming(&self, object: ListedObject, known: &mut Known, swept: &mut Swept) {
        let parts = object.key.incoming();
        let pointed = parts.and_then(|parts| known.requests.remove(parts.request_id));
        if pointed.is_some() {
            return;
        }
        if self.is_young(&object) {
            swept.tally.young += 1;
        } else if parts.is_none() {
            self.unreadable(&object.key, &Unreadable::Key, swept);
        } else {
            swept.unjudged.add(object);
        }
    }

    /// Pointers whose object was not listed. Only a look at both decides: the index is
    /// behind the table, and an object may be younger than the listing.
    pub(crate) async fn dangling(
        &self,
        known: Option<Known>,
        swept: &mut Swept,
    ) -> Result<(), End> {
        let age = (self.now)().duration_since(self.hour_shard.hour);
        if age > PAYLOADS_STAY {
            return Ok(());
        }
        let known = match known {
            Some(known) => known,
            None => self.known(swept).await?,
        };
        for reference in known.requests.values() {
            self.in_time()?;
            let Some(key) = self.stores.pointers.object(reference).await? else {
                continue;
            };
            if !self.is_there(&key).await? {
                swept.tally.dangling += 1;
                (self.on_found)(&Finding::Dangling {
                    reference,
                    key: &key,
                });
            }
        }
        Ok(())
    }

    /// Checked by a listing that begins right before it: where the right to list is bound to
    /// prefixes, S3 answers a request for a missing object with 403.
    async fn is_there(&self, key: &ObjectKey) -> Result<bool, StoreError> {
        let Some(parts) = key.incoming() else {
            return Ok(true);
        };
        let mut before = key.to_string();
        before.pop();
        let objects = &self.stores.objects;
        let page = objects.list(Lane::Direct, parts.shard, parts.hour, Some(before));
        Ok(page.await?.objects.iter().any(|object| object.key == *key))
    }
}
