//! One batch on its way: enriched, transformed, sent.

use std::borrow::Cow;

use emulator::Failure;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::Running;
use crate::arn::TargetKind;
use crate::event::SourceEvent;
use crate::targets::{BatchOutcome, prepare};

impl Running {
    /// Enriches, transforms and sends a batch, and logs the result.
    pub(super) async fn deliver(&self, events: &[SourceEvent]) -> BatchOutcome {
        let started = Instant::now();
        let delivery = self.pass(events).await;
        let (records, ms) = (events.len(), started.elapsed().as_millis());
        match delivery {
            Ok(BatchOutcome::Delivered) => {
                info!(pipe = self.name(), records, ms, "delivered");
                BatchOutcome::Delivered
            }
            Ok(answer) => {
                let failed = match &answer {
                    BatchOutcome::Failed(failed) => failed.len(),
                    BatchOutcome::FailedFrom(_)
                    | BatchOutcome::NotDelivered
                    | BatchOutcome::Delivered => records,
                };
                warn!(pipe = self.name(), records, failed, ms, "delivered in part");
                answer
            }
            Err(failure) => {
                warn!(pipe = self.name(), records, ms, %failure, "not delivered");
                BatchOutcome::NotDelivered
            }
        }
    }

    /// A retry goes through all of it, the enrichment too.
    async fn pass(&self, events: &[SourceEvent]) -> Result<BatchOutcome, Failure> {
        let blueprint = &self.run.blueprint;
        let enriched = self.enriched(events).await?;
        if enriched.is_empty() {
            debug!(
                pipe = self.name(),
                "the enrichment left nothing for the target"
            );
            return Ok(BatchOutcome::Delivered);
        }
        fits(blueprint.target, enriched.len())?;
        let prepared = prepare(self.name(), blueprint.template.as_ref(), &enriched);
        let ids: Vec<&str> = events.iter().map(|event| event.id.as_str()).collect();
        let outcome = self
            .connection
            .target
            .deliver(blueprint, &prepared, &ids)
            .await?;
        Ok(about_the_source(
            outcome,
            blueprint.target,
            events.len(),
            enriched.len(),
        ))
    }

    async fn enriched<'a>(
        &self,
        events: &'a [SourceEvent],
    ) -> Result<Cow<'a, [SourceEvent]>, Failure> {
        let (Some(enricher), Some(enrichment)) =
            (&self.connection.enricher, &self.run.blueprint.enrichment)
        else {
            return Ok(Cow::Borrowed(events));
        };
        let prepared = prepare(self.name(), enrichment.template.as_ref(), events);
        Ok(Cow::Owned(enricher.enrich(&prepared).await?))
    }
}

/// An enrichment may return more events than the target takes: then Pipes does not call the target.
/// <https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-pipes-batching-concurrency.html>
fn fits(target: TargetKind, events: usize) -> Result<(), Failure> {
    match target.batch_limit() {
        Some(limit) if events > limit => {
            let reason =
                format!("{events} events are above the {limit} that a target of {target} takes");
            Err(Failure::new("enrichment", reason))
        }
        _ => Ok(()),
    }
}

/// Functions and workflows name the source's records. A batch API answers for each entry: that is the record at the same
/// place, unless an enrichment changed the number of events.
fn about_the_source(
    outcome: BatchOutcome,
    target: TargetKind,
    records: usize,
    entries: usize,
) -> BatchOutcome {
    match target {
        TargetKind::Lambda | TargetKind::StateMachine => outcome,
        _ if records == entries => outcome,
        _ => outcome.all_or_nothing(),
    }
}

#[cfg(test)]
mod fake;
#[cfg(test)]
mod tests;
