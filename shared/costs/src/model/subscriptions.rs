//! From the topic through the processors.

use super::work::{Work, chunks, gb_s};
use crate::{
    Group, Problem, Record,
    measured::{at, billed_ms},
};

const QUEUE: (&str, &str) = ("terraform/modules/subscription/queue.tf", "module.queue");
const PROCESSOR: (&str, &str) = ("terraform/processors.tf", "module.processor");

pub(super) fn add(work: &mut Work<'_>) -> Result<(), Problem> {
    let of = |item| (Group::Subscriptions, item);
    let scenario = work.scenario;
    let (each, batch) = (scenario.subscribed, scenario.batch);
    let bytes = work.event_bytes();
    // Every subscription's filter looks at every event.
    work.add(
        of("topic: filter over the event"),
        scenario.subscriptions * bytes / 1e9,
        "sns_filter_gb",
        (
            "terraform/modules/subscription/queue.tf",
            "aws_sns_topic_subscription.this",
        ),
    )?;
    work.add(
        of("queue: send"),
        each * chunks(bytes),
        "sqs_request",
        QUEUE,
    )?;
    let received = chunks(bytes * batch) + 1.0;
    work.add(
        of("queue: receive and delete"),
        each * received / batch,
        "sqs_request",
        QUEUE,
    )?;
    work.add(
        of("pipe"),
        each * chunks(bytes),
        "pipe_request",
        (
            "terraform/modules/subscription/pipe.tf",
            "aws_pipes_pipe.this",
        ),
    )?;
    work.add(
        of("processor: call"),
        each / batch,
        "lambda_request",
        PROCESSOR,
    )?;
    let writes = match scenario.record {
        Record::Claim => 2.0,
        Record::Mark => 1.0,
        Record::Off => 0.0,
    };
    let redeemed = !scenario.is_inline();
    let waits = &work.measured.waits_ms;
    let mut wait = writes * waits.dynamodb;
    if redeemed {
        wait += waits.s3_get + work.moving_ms();
    }
    let rounds = (batch / scenario.events_at_once).ceil();
    let cpu = at(&work.measured.cpu_ms.processor_event, scenario.size) * batch;
    let ms = billed_ms(cpu, wait * rounds, scenario.processor_mb);
    let time = gb_s(ms, scenario.processor_mb) / batch;
    work.add(
        of("processor: time of the SDK"),
        each * time,
        "lambda_gb_second",
        PROCESSOR,
    )?;
    if redeemed {
        work.add(
            of("payload: S3 GET"),
            each,
            "s3_get",
            ("terraform/storage.tf", "aws_s3_bucket.payloads"),
        )?;
    }
    work.add(
        of("record of what was processed"),
        each * writes,
        "dynamodb_write",
        ("terraform/tables.tf", "aws_dynamodb_table.processed"),
    )?;
    let sizes = &work.measured.bytes;
    let of_batch = work.logged(&[sizes.log_processor_batch, sizes.log_platform]);
    let logged = work.logged(&[sizes.log_processor_event]) + of_batch / batch;
    work.add(
        of("log of the processor"),
        each * logged / 1e9,
        "log_gb",
        (
            "terraform/modules/function/main.tf",
            "aws_cloudwatch_log_group.this",
        ),
    )
}
