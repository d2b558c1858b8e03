use domain::{ObjectKey, StoreError};
use futures_util::StreamExt;

use super::{ports::Bucket, report::ErasedFrom, run::Run, wanted::Wanted};
use crate::{Stop, concurrently::concurrently, problem::in_short};

/// What every payload of the standard lane begins with.
const PAYLOADS: &str = "payloads/";

const SHARDS: &str = "0123456789abcdef";

/// Looks through the bucket for payloads of these events that no pointer names, and deletes them: a retry stored one in
/// another hour, or with other bytes. Their keys hold a part that the event decides, behind shard and hour, so one
/// listing for each hour, shard and endpoint finds those of all events. In the direct lane `admit` deletes such copies.
pub(super) async fn look_through<B: Bucket + Sync>(
    bucket: &B,
    run: Run<'_>,
    wanted: &Wanted,
    stop: &Stop,
) -> ErasedFrom {
    let shards = SHARDS.chars().map(|shard| async move {
        let mut looked = ErasedFrom::new("");
        let result = look(bucket, run, wanted, shard, stop, &mut looked).await;
        (looked, result)
    });
    let mut all = ErasedFrom::new("copies in the bucket");
    let mut each = concurrently(shards);
    while let Some((looked, result)) = each.next().await {
        all.seen += looked.seen;
        all.deleted += looked.deleted;
        if let Err(error) = result {
            all.problem.get_or_insert(in_short(&error));
        }
    }
    all
}

async fn look<B: Bucket>(
    bucket: &B,
    run: Run<'_>,
    wanted: &Wanted,
    shard: char,
    stop: &Stop,
    looked: &mut ErasedFrom,
) -> Result<(), StoreError> {
    for hour in bucket.folders(&format!("{PAYLOADS}{shard}/")).await? {
        for (endpoint, parts) in &wanted.parts {
            if stop.is_requested() {
                return Ok(());
            }
            let mut prefix = format!("{hour}{endpoint}/");
            // Of one event S3 lists only its own.
            if let (1, Some(part)) = (parts.len(), parts.iter().next()) {
                prefix.push_str(part);
                prefix.push('-');
            }
            let mut after = None;
            loop {
                let page = bucket.page(&prefix, after).await?;
                for version in &page.versions {
                    looked.seen += 1;
                    let event = ObjectKey::parse(&version.key).map(|key| key.event);
                    let is_copy = event.is_some_and(|event| parts.contains(event))
                        // A dry run has not deleted it.
                        && !wanted.objects.contains(&version.key);
                    if is_copy {
                        if !run.dry_run {
                            bucket.delete(version).await?;
                        }
                        looked.deleted += 1;
                    }
                }
                after = page.next;
                if after.is_none() {
                    break;
                }
            }
        }
    }
    Ok(())
}
