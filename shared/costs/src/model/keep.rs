//! What is kept: a stack in which as much expires as arrives.

use super::work::Work;
use crate::{DAYS_OF_A_MONTH, Group, Problem};

const EVENTS: (&str, &str) = ("terraform/tables.tf", "aws_dynamodb_table.events");

/// `DynamoDB` adds this to each item, in the table and in an index.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/CapacityUnitCalculations.html>
const ITEM_OVERHEAD_BYTES: f64 = 100.0;

fn of(item: &'static str) -> (Group, &'static str) {
    (Group::Keep, item)
}

fn gb_months(bytes: f64, days: f64) -> f64 {
    bytes / 1e9 * days / DAYS_OF_A_MONTH
}

pub(super) fn add(work: &mut Work<'_>) -> Result<(), Problem> {
    let scenario = work.scenario;
    if !scenario.is_inline() {
        let payloads = gb_months(scenario.size, scenario.payload_days);
        work.add(
            of("payloads"),
            payloads,
            "s3_gb_month",
            (
                "terraform/storage.tf",
                "aws_s3_bucket_lifecycle_configuration.payloads",
            ),
        )?;
    }
    let item = work.pointer_bytes() + ITEM_OVERHEAD_BYTES;
    let entry = work.measured.bytes.index_entry + ITEM_OVERHEAD_BYTES;
    let found = scenario.indexed * (work.find_entry_bytes() + ITEM_OVERHEAD_BYTES);
    // A payload in a pointer expires with it.
    let days = if scenario.is_inline() {
        scenario.pointer_days.min(scenario.payload_days)
    } else {
        scenario.pointer_days
    };
    work.add(
        of("pointers"),
        gb_months(item + entry + found, days),
        "dynamodb_gb_month",
        EVENTS,
    )?;
    work.add(
        of("pointers: backup"),
        gb_months(item, days),
        "dynamodb_backup_gb_month",
        EVENTS,
    )?;
    logs(work)
}

/// The log lines that are on the bill so far.
pub(super) fn logs(work: &mut Work<'_>) -> Result<(), Problem> {
    let lines = work.lines.iter().filter(|line| line.price == "log_gb");
    let logs: f64 = lines.map(|line| line.quantity * 1e9).sum();
    work.add(
        of("logs, as if not compressed"),
        gb_months(logs, work.scenario.log_days),
        "log_gb_month",
        (
            "terraform/modules/function/main.tf",
            "aws_cloudwatch_log_group.this",
        ),
    )
}
