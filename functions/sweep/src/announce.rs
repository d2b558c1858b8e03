use domain::{SignedDuration, StoreError, Timestamp};

use crate::{Finding, Objects, Options, PointerTable, Stores, Tally, unjudged::Unjudged};

/// A delivery whose message is still in the queue is not overtaken by one that came an hour
/// later. SQS keeps the order only roughly, hence this long margin; a mistake costs only
/// one message.
const OVERTAKEN: SignedDuration = SignedDuration::from_hours(1);

/// Notifies `admit` of objects of the direct lane, but only of those that no message can be
/// waiting for: where `admit` is behind, reading a body of 10 MB again does not help.
pub(crate) struct Announcing<'a, O, I, P, E> {
    pub(crate) stores: &'a Stores<O, I, P, E>,
    pub(crate) options: &'a Options,
    pub(crate) now: &'a (dyn Fn() -> Timestamp + Sync),
    pub(crate) on_found: &'a (dyn Fn(&Finding<'_>) + Sync),
    /// Whether the queue was empty before the first listing.
    pub(crate) queue_was_empty: bool,
}

impl<O: Objects, I, P: PointerTable, E> Announcing<'_, O, I, P, E> {
    /// The oldest first. A store that fails gets no more calls; the rest is skipped.
    pub(crate) async fn run(
        &self,
        unjudged: Unjudged,
        tally: &mut Tally,
    ) -> Result<(), StoreError> {
        let overtaken = unjudged
            .judged_up_to
            .map(|last| last.checked_sub(OVERTAKEN).unwrap_or(Timestamp::MIN));
        let mut failure = None;
        for object in &unjudged.objects {
            // What the others wait for is unknown, and they are younger: they wait as well.
            if !self.queue_was_empty && Some(object.modified_at) >= overtaken {
                tally.waiting += 1;
                continue;
            }
            if failure.is_some() || tally.announced >= self.options.announce_at_most {
                tally.left += 1;
                continue;
            }
            if self.is_over() {
                tally.left += 1;
                continue;
            }
            match self.one(object, tally).await {
                Ok(()) => {}
                Err(error) => {
                    tally.left += 1;
                    failure = Some(error);
                }
            }
        }
        if self.queue_was_empty {
            tally.left += unjudged.more;
        } else {
            tally.waiting += unjudged.more;
        }
        failure.map_or(Ok(()), Err)
    }

    /// First the message, then the note of it: a crash in between causes one extra message.
    async fn one(&self, object: &aws::ListedObject, tally: &mut Tally) -> Result<(), StoreError> {
        let key = &object.key;
        let at = (self.now)();
        if self.stores.pointers.is_announced(key, at).await? {
            tally.waiting += 1;
            return Ok(());
        }
        if !self.options.dry_run {
            self.stores.objects.announce(key).await?;
        }
        tally.announced += 1;
        (self.on_found)(&Finding::Announced { key });
        if !self.options.dry_run {
            self.stores.pointers.note_announced(key, at).await?;
        }
        Ok(())
    }

    fn is_over(&self) -> bool {
        self.options
            .stop_at
            .is_some_and(|stop_at| (self.now)() >= stop_at)
    }
}
