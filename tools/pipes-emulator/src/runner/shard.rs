//! One shard: poll, filter, gather a batch, deliver or give it up, remember the position.

use std::time::Duration;

use aws_sdk_dynamodbstreams::types::ShardIteratorType;
use emulator::{Failure, code};
use tokio::time::Instant;
use tracing::{info, warn};

use super::plan::{Plan, Step, backoff, expired};
use super::record::of_stream;
use super::{Running, Stop};
use crate::api::shapes::StartingPosition;
use crate::arn::TargetKind;
use crate::event::SourceEvent;
use crate::targets::BatchOutcome;

/// Pipes polls a shard four times a second.
const POLL: Duration = Duration::from_millis(250);
/// `GetRecords` returns at most this many.
const PAGE: usize = 1000;

/// The result of one poll.
struct Page {
    records: Vec<SourceEvent>,
    /// After the last record; none when the shard is closed.
    next: Option<String>,
}

impl Running {
    /// Reads the shard until it is closed or the pipe is stopped.
    pub(super) async fn shard(&self, shard: &str, position: StartingPosition, mut stop: Stop) {
        let mut iterator: Option<String> = None;
        let mut batch: Vec<SourceEvent> = Vec::new();
        let mut since: Option<Instant> = None;
        let mut failures = 0;
        while !stop.is_set() {
            let page = match self.poll(shard, position, iterator.take()).await {
                Ok(page) => page,
                Err(failure) => {
                    failures += 1;
                    warn!(pipe = self.name(), shard, %failure, "the shard cannot be read");
                    // Read again from the last settled record.
                    batch.clear();
                    stop.sleep(backoff(failures)).await;
                    continue;
                }
            };
            failures = 0;
            let idle = page.records.is_empty();
            batch.extend(page.records.into_iter().filter(|event| self.passes(event)));
            if batch.is_empty() {
                since = None;
            }
            let since_first = *since.get_or_insert_with(Instant::now);
            let closed = page.next.is_none();
            let due = since_first.elapsed() >= self.run.blueprint.window || closed;
            let mut settled = true;
            while settled
                && (batch.len() >= self.run.blueprint.batch_size || (due && !batch.is_empty()))
            {
                let rest = batch.split_off(batch.len().min(self.run.blueprint.batch_size));
                settled = self
                    .settle(shard, std::mem::replace(&mut batch, rest), &mut stop)
                    .await;
                since = None;
            }
            if !settled {
                return;
            }
            match page.next {
                Some(next) => {
                    if batch.is_empty() {
                        self.checkpoints.reached(shard, &next);
                    }
                    iterator = Some(next);
                }
                None => {
                    info!(
                        pipe = self.name(),
                        shard, "the shard is closed and read to its end"
                    );
                    self.checkpoints.finish(shard);
                    return;
                }
            }
            if idle {
                stop.sleep(POLL).await;
            }
        }
    }

    async fn poll(
        &self,
        shard: &str,
        position: StartingPosition,
        iterator: Option<String>,
    ) -> Result<Page, Failure> {
        const CALL: &str = "dynamodb:GetRecords";
        let stream = &self.run.definition.source;
        let iterator = match iterator {
            Some(iterator) => iterator,
            None => self.resume(shard, position).await?,
        };
        self.connection.role.rights().confirm(CALL, stream).await?;
        let limit = i32::try_from(self.run.blueprint.batch_size.min(PAGE)).unwrap_or(1);
        let answer = self
            .run
            .cloud
            .streams
            .get_records()
            .shard_iterator(iterator)
            .limit(limit)
            .send()
            .await;
        let answer = answer.map_err(|error| Failure::of(CALL, &error))?;
        let records = answer.records.unwrap_or_default();
        Ok(Page {
            records: records
                .into_iter()
                .map(|record| of_stream(record, stream))
                .collect(),
            next: answer.next_shard_iterator,
        })
    }

    /// An iterator at the checkpoint, or at the starting position of a shard that was never read.
    async fn resume(&self, shard: &str, position: StartingPosition) -> Result<String, Failure> {
        const CALL: &str = "dynamodb:GetShardIterator";
        let stream = &self.run.definition.source;
        self.connection.role.rights().confirm(CALL, stream).await?;
        let checkpoint = self.checkpoints.get(shard).unwrap_or_default();
        if let Some(iterator) = checkpoint.iterator
            && self
                .run
                .cloud
                .streams
                .get_records()
                .shard_iterator(&iterator)
                .limit(1)
                .send()
                .await
                .is_ok()
        {
            return Ok(iterator);
        }
        let request = || {
            self.run
                .cloud
                .streams
                .get_shard_iterator()
                .stream_arn(stream)
                .shard_id(shard)
        };
        let answer = match &checkpoint.after {
            Some(after) => {
                let kind = ShardIteratorType::AfterSequenceNumber;
                request()
                    .shard_iterator_type(kind)
                    .sequence_number(after)
                    .send()
                    .await
            }
            None => request().shard_iterator_type(start(position)).send().await,
        };
        let answer = match answer {
            Err(error) if code(&error) == Some("TrimmedDataAccessException") => {
                warn!(
                    pipe = self.name(),
                    shard, "records after the checkpoint are lost: the stream no longer has them"
                );
                request()
                    .shard_iterator_type(ShardIteratorType::TrimHorizon)
                    .send()
                    .await
            }
            answer => answer,
        };
        let answer = answer.map_err(|error| Failure::of(CALL, &error))?;
        answer
            .shard_iterator
            .ok_or_else(|| Failure::new(CALL, "the response has no iterator"))
    }

    /// Finishes a batch: delivered, or given up. `false` if the pipe was stopped before that; the
    /// checkpoint is then before the first record that is not settled.
    async fn settle(&self, shard: &str, batch: Vec<SourceEvent>, stop: &mut Stop) -> bool {
        let last = batch.last().map(|event| event.handle.clone());
        let order: Vec<String> = batch.iter().map(|event| event.handle.clone()).collect();
        let policy = self.run.blueprint.policy;
        let mut plan = Plan::new(policy, batch);
        while let Some(mut segment) = plan.next_segment() {
            if stop.is_set() {
                plan.put_back(segment);
                break;
            }
            let now = self.run.clock.now();
            let old: Vec<SourceEvent> = segment
                .records
                .extract_if(.., |event| expired(&policy, event.arrived, now))
                .collect();
            if !old.is_empty() {
                self.give_up(shard, "RecordAgeExceeded", &old, stop).await;
            }
            if segment.records.is_empty() {
                continue;
            }
            let answer = self.in_order(self.deliver(&segment.records).await);
            match plan.settle(segment, answer) {
                Step::Next => {}
                Step::Wait(time) => stop.sleep(time).await,
                Step::GiveUp(records) => {
                    self.give_up(shard, "RetryAttemptsExhausted", &records, stop)
                        .await;
                }
            }
            if let Some(open) = plan.first_open() {
                let before = order
                    .iter()
                    .take_while(|sequence| **sequence != open.handle)
                    .last();
                if let Some(sequence) = before {
                    self.checkpoints.advance(shard, sequence);
                }
            }
        }
        if plan.first_open().is_some() {
            return false;
        }
        if let Some(sequence) = last {
            self.checkpoints.advance(shard, &sequence);
        }
        true
    }

    /// A function or workflow that names a failed record gets all from that one on again, in order.
    fn in_order(&self, answer: BatchOutcome) -> BatchOutcome {
        match (&answer, self.run.blueprint.target) {
            (BatchOutcome::Failed(failed), TargetKind::Lambda | TargetKind::StateMachine) => failed
                .first()
                .map_or(answer.clone(), |first| BatchOutcome::FailedFrom(*first)),
            _ => answer,
        }
    }
}

fn start(position: StartingPosition) -> ShardIteratorType {
    match position {
        StartingPosition::TrimHorizon => ShardIteratorType::TrimHorizon,
        StartingPosition::Latest => ShardIteratorType::Latest,
    }
}
