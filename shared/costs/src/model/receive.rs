//! From the request to the answer; in the direct lane, to the pointer.

use super::work::{Work, gb_s, write_units};
use crate::{
    Front, Group, Lane, Problem,
    measured::{at, billed_ms},
};

/// What an HTTP API counts as one request.
/// <https://docs.aws.amazon.com/whitepapers/latest/best-practices-api-gateway-private-apis-integration/cost-optimization.html>
const HTTP_REQUEST_BYTES: f64 = 512.0 * 1_024.0;

const API: (&str, &str) = ("terraform/api.tf", "aws_api_gateway_rest_api.this");
const AUTHORIZER: (&str, &str) = ("terraform/functions.tf", "module.authorizer");
const INGEST: (&str, &str) = ("terraform/functions.tf", "module.ingest");
const ADMIT: (&str, &str) = ("terraform/admit.tf", "module.admit");
const ADMIT_QUEUE: (&str, &str) = ("terraform/admit.tf", "module.admit_queue");
const BUCKET: (&str, &str) = ("terraform/storage.tf", "aws_s3_bucket.payloads");
const EVENTS: (&str, &str) = ("terraform/tables.tf", "aws_dynamodb_table.events");
const ACCESS_LOG: (&str, &str) = ("terraform/stage.tf", "aws_cloudwatch_log_group.access");
const FUNCTION_LOG: (&str, &str) = (
    "terraform/modules/function/main.tf",
    "aws_cloudwatch_log_group.this",
);

fn of(item: &'static str) -> (Group, &'static str) {
    (Group::Receive, item)
}

/// What each request takes, whatever becomes of it.
pub(super) fn door(work: &mut Work<'_>) -> Result<(), Problem> {
    let scenario = work.scenario;
    match scenario.front {
        Front::Rest => work.add(of("REST API"), 1.0, "rest_request", API)?,
        Front::Http => {
            let requests = (scenario.size / HTTP_REQUEST_BYTES).ceil();
            // Not offered, so nothing in Terraform makes it.
            work.add(of("HTTP API"), requests, "http_request", ("", ""))?;
        }
    }
    let memory = scenario.authorizer_mb;
    let ms = billed_ms(
        at(&work.measured.cpu_ms.authorizer, scenario.size),
        0.0,
        memory,
    );
    work.add(of("authorizer: call"), 1.0, "lambda_request", AUTHORIZER)?;
    work.add(
        of("authorizer: time"),
        gb_s(ms, memory),
        "lambda_gb_second",
        AUTHORIZER,
    )?;
    let access = work.logged(&[work.measured.bytes.log_access]);
    work.add(of("access log"), access / 1e9, "log_gb", ACCESS_LOG)
}

pub(super) fn add(work: &mut Work<'_>) -> Result<(), Problem> {
    let scenario = work.scenario;
    door(work)?;
    match scenario.lane {
        Lane::Standard => standard(work)?,
        Lane::Direct => direct(work)?,
    }
    let units = write_units(work.pointer_bytes());
    work.add(of("pointer"), units, "dynamodb_write", EVENTS)?;
    let entry = write_units(work.measured.bytes.index_entry);
    work.add(
        of("pointer: entry in the by-time index"),
        entry,
        "dynamodb_write",
        EVENTS,
    )?;
    let entry = write_units(work.find_entry_bytes());
    work.add(
        of("pointer: entries in the indexes by attribute"),
        entry * scenario.indexed,
        "dynamodb_write",
        EVENTS,
    )
}

fn standard(work: &mut Work<'_>) -> Result<(), Problem> {
    let scenario = work.scenario;
    let waits = &work.measured.waits_ms;
    let mut wait = waits.dynamodb;
    if !scenario.is_inline() {
        wait += waits.s3_put + work.moving_ms();
        work.add(of("payload: S3 PUT"), 1.0, "s3_put", BUCKET)?;
    }
    let memory = scenario.ingest_mb;
    let ms = billed_ms(
        at(&work.measured.cpu_ms.ingest, scenario.size),
        wait,
        memory,
    );
    work.add(of("ingest: call"), 1.0, "lambda_request", INGEST)?;
    work.add(
        of("ingest: time"),
        gb_s(ms, memory),
        "lambda_gb_second",
        INGEST,
    )?;
    let bytes = &work.measured.bytes;
    let platform = bytes.log_platform;
    let logged = work.logged(&[bytes.log_delivery, platform, platform]);
    work.add(
        of("log of the functions"),
        logged / 1e9,
        "log_gb",
        FUNCTION_LOG,
    )
}

/// A body of the direct lane is stored and read before anyone knows what it is.
pub(super) fn announced(work: &mut Work<'_>) -> Result<(), Problem> {
    work.add(of("payload: S3 PUT"), 1.0, "s3_put", BUCKET)?;
    work.add(
        of("notification: S3's event"),
        1.0,
        "bus_data_event",
        ("terraform/admit.tf", "aws_cloudwatch_event_rule.admit"),
    )?;
    // Sent, received and deleted, one by one.
    work.add(
        of("notification: fair queue"),
        3.0,
        "sqs_fair_request",
        ADMIT_QUEUE,
    )?;
    work.add(of("payload: S3 GET"), 1.0, "s3_get", BUCKET)
}

fn direct(work: &mut Work<'_>) -> Result<(), Problem> {
    let scenario = work.scenario;
    let waits = &work.measured.waits_ms;
    announced(work)?;
    work.add(of("claim on the object"), 2.0, "dynamodb_write", EVENTS)?;
    let memory = scenario.admit_mb;
    let wait = 2.0 * waits.dynamodb + waits.s3_get + work.moving_ms();
    let ms = billed_ms(at(&work.measured.cpu_ms.admit, scenario.size), wait, memory);
    work.add(of("admit: call"), 1.0, "lambda_request", ADMIT)?;
    work.add(
        of("admit: time"),
        gb_s(ms, memory),
        "lambda_gb_second",
        ADMIT,
    )?;
    let bytes = &work.measured.bytes;
    let platform = bytes.log_platform;
    let logged = work.logged(&[bytes.log_delivery, platform, platform]);
    work.add(
        of("log of the functions"),
        logged / 1e9,
        "log_gb",
        FUNCTION_LOG,
    )
}
