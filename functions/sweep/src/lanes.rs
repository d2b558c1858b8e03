use domain::{EndpointDirectory, Lane};

use crate::{
    Index, Objects, PointerTable,
    shard::{End, Known, ShardSweep, Swept},
};

/// Both lanes of a shard of an hour.
impl<O: Objects, I: Index, P: PointerTable, E: EndpointDirectory> ShardSweep<'_, O, I, P, E> {
    pub(crate) async fn sweep(self) -> Swept {
        let mut swept = Swept::default();
        match self.objects(&mut swept).await {
            Ok(()) => {}
            Err(End::TimeIsOver) => swept.unswept = Some(self.hour_shard.span()),
            Err(End::Failed(error)) => self.failed(&mut swept, None, error),
        }
        swept
    }

    /// The listing before the index: then anything that only the listing has is not
    /// simply younger. An hour without payloads needs no look at the index.
    async fn objects(&self, swept: &mut Swept) -> Result<(), End> {
        let mut known = None;
        for lane in [Lane::Standard, Lane::Direct] {
            self.lane(lane, &mut known, swept).await?;
        }
        self.dangling(known, swept).await
    }

    async fn lane(
        &self,
        lane: Lane,
        known: &mut Option<Known>,
        swept: &mut Swept,
    ) -> Result<(), End> {
        let bucket = &self.hour_shard.bucket;
        let mut after = None;
        loop {
            self.in_time()?;
            let list = &self.stores.objects;
            let page = list.list(lane, bucket.shard(), bucket.hour(), after);
            let page = page.await?;
            if known.is_none() && !page.objects.is_empty() {
                *known = Some(self.known(swept).await?);
            }
            for object in page.objects {
                swept.tally.payloads += 1;
                match (lane, known.as_mut()) {
                    (Lane::Standard, Some(known)) => self.object(&object, known, swept).await?,
                    (Lane::Direct, Some(known)) => self.incoming(object, known, swept),
                    (_, None) => {}
                }
            }
            after = page.next;
            if after.is_none() {
                return Ok(());
            }
        }
    }
}
