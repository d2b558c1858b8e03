//! What is checked of a source and its filter.

use std::time::Duration;

use super::{Blueprint, Check};
use crate::api::shapes::OnPartialFailure;
use crate::arn::TargetKind;
use crate::definition::Definition;
use crate::filter::{self, Filter};
use crate::runner::plan::Policy;

pub(super) fn filter_of(check: &mut Check, definition: &Definition) -> Option<Filter> {
    let patterns = definition.source_parameters.filter_criteria.as_ref();
    let patterns = patterns
        .map(|criteria| criteria.filters.as_slice())
        .unwrap_or_default();
    if patterns.len() > filter::COUNT {
        check.fail(
            "SourceParameters.FilterCriteria.Filters",
            format!("more than {} patterns", filter::COUNT),
        );
    }
    for (index, pattern) in patterns.iter().enumerate() {
        if pattern.pattern.chars().count() > filter::LIMIT {
            let field = format!("SourceParameters.FilterCriteria.Filters[{index}].Pattern");
            check.fail(&field, format!("longer than {} characters", filter::LIMIT));
        }
    }
    match Filter::parse(patterns.iter().map(|pattern| pattern.pattern.as_str())) {
        Ok(filter) => Some(filter),
        Err((index, error)) => {
            let field = format!("SourceParameters.FilterCriteria.Filters[{index}].Pattern");
            check.fail(&field, error);
            None
        }
    }
}

pub(super) fn stream_of(check: &mut Check, definition: &Definition, blueprint: &mut Blueprint) {
    const BLOCK: &str = "SourceParameters.DynamoDBStreamParameters";
    let field = |name: &str| format!("{BLOCK}.{name}");
    if definition.source_parameters.queue.is_some() {
        check.fail(
            "SourceParameters.SqsQueueParameters",
            "the source is a DynamoDB stream",
        );
    }
    let Some(given) = &definition.source_parameters.stream else {
        check.fail(BLOCK, "required for a DynamoDB stream");
        return;
    };
    check.range(&field("BatchSize"), given.batch_size, 1..=10_000);
    check.range(
        &field("MaximumBatchingWindowInSeconds"),
        given.maximum_batching_window_in_seconds,
        0..=300,
    );
    check.range(
        &field("MaximumRetryAttempts"),
        given.maximum_retry_attempts,
        -1..=10_000,
    );
    check.range(
        &field("ParallelizationFactor"),
        given.parallelization_factor,
        1..=10,
    );
    if given.maximum_record_age_in_seconds != -1 {
        check.range(
            &field("MaximumRecordAgeInSeconds"),
            given.maximum_record_age_in_seconds,
            60..=604_800,
        );
    }
    blueprint.dead_letters = given
        .dead_letter_config
        .as_ref()
        .and_then(|config| config.arn.clone());
    if let Some(arn) = &blueprint.dead_letters
        && !matches!(TargetKind::of(arn), Ok(TargetKind::Queue { fifo: false }))
    {
        check.fail(
            &field("DeadLetterConfig.Arn"),
            format!("{arn} is not a standard SQS queue; topics are not emulated here"),
        );
    }
    match given.starting_position {
        Some(position) => blueprint.starting_position = position,
        None => check.fail(&field("StartingPosition"), "required"),
    }
    blueprint.policy = Policy {
        retries: u32::try_from(given.maximum_retry_attempts).ok(),
        max_age: u64::try_from(given.maximum_record_age_in_seconds)
            .ok()
            .map(Duration::from_secs),
        bisect: given.on_partial_batch_item_failure == Some(OnPartialFailure::AutomaticBisect),
    };
    batch_of(
        check,
        BLOCK,
        blueprint,
        given.batch_size,
        given.maximum_batching_window_in_seconds,
    );
}

/// The most messages of a FIFO queue in a batch.
/// <https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html>
const FIFO_BATCH: i64 = 10;

pub(super) fn queue_of(
    check: &mut Check,
    definition: &Definition,
    blueprint: &mut Blueprint,
    fifo: bool,
) {
    const BLOCK: &str = "SourceParameters.SqsQueueParameters";
    let field = |name: &str| format!("{BLOCK}.{name}");
    if definition.source_parameters.stream.is_some() {
        check.fail(
            "SourceParameters.DynamoDBStreamParameters",
            "the source is an SQS queue",
        );
    }
    let Some(given) = &definition.source_parameters.queue else {
        return;
    };
    let most = if fifo { FIFO_BATCH } else { 10_000 };
    check.range(&field("BatchSize"), given.batch_size, 1..=most);
    check.range(
        &field("MaximumBatchingWindowInSeconds"),
        given.maximum_batching_window_in_seconds,
        0..=300,
    );
    if fifo && given.maximum_batching_window_in_seconds > 0 {
        check.fail(
            &field("MaximumBatchingWindowInSeconds"),
            "Batching window is not supported for FIFO queues",
        );
    }
    if !fifo && given.batch_size > 10 && given.maximum_batching_window_in_seconds == 0 {
        check.fail(
            &field("BatchSize"),
            "above 10 it needs a MaximumBatchingWindowInSeconds of at least 1",
        );
    }
    batch_of(
        check,
        BLOCK,
        blueprint,
        given.batch_size,
        given.maximum_batching_window_in_seconds,
    );
}

fn batch_of(check: &mut Check, block: &str, blueprint: &mut Blueprint, size: i64, window: i64) {
    if let Some(limit) = blueprint.target.batch_limit()
        && usize::try_from(size).is_ok_and(|size| size > limit)
    {
        let message = format!(
            "{size} is above the {limit} that a target of {} takes",
            blueprint.target
        );
        check.fail(&format!("{block}.BatchSize"), message);
    }
    blueprint.batch_size = usize::try_from(size).unwrap_or(1).max(1);
    blueprint.window = Duration::from_secs(u64::try_from(window).unwrap_or(0));
}
