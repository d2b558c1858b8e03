//! What a month costs whether or not anything arrives.

use super::work::Work;
use crate::{Group, Problem};

const WATCH: (&str, &str) = ("terraform/watch.tf", "aws_cloudwatch_event_rule.watch");

pub(super) fn add(work: &mut Work<'_>) -> Result<(), Problem> {
    let of = |item| (Group::Fixed, item);
    let (endpoints, subscriptions) = (work.scenario.endpoints, work.scenario.subscriptions);
    let counts = &work.measured.counts;
    let alarms = counts.alarms_of_stack + subscriptions * counts.alarms_per_subscription;
    let metrics = counts.metrics_of_stack
        + endpoints * counts.metrics_per_endpoint
        + subscriptions * counts.metrics_per_subscription;
    work.add(
        of("key"),
        1.0,
        "key_month",
        ("terraform/kms.tf", "aws_kms_key.stack"),
    )?;
    work.add(
        of("endpoints' secrets"),
        endpoints,
        "secret_month",
        (
            "terraform/modules/endpoint/main.tf",
            "aws_secretsmanager_secret.this",
        ),
    )?;
    work.add(
        of("metrics of Coatcheck"),
        metrics,
        "metric_month",
        (
            "terraform/modules/function/main.tf",
            "aws_cloudwatch_log_group.this",
        ),
    )?;
    work.add(
        of("alarms"),
        alarms,
        "alarm_month",
        (
            "terraform/modules/alarms/main.tf",
            "aws_cloudwatch_metric_alarm.this",
        ),
    )?;
    work.add(
        of("dashboard"),
        1.0,
        "dashboard_month",
        (
            "terraform/dashboard_body.tf",
            "aws_cloudwatch_dashboard.this",
        ),
    )?;
    work.add(
        of("sweep: lists"),
        counts.lists,
        "s3_list",
        ("terraform/sweep.tf", "aws_cloudwatch_event_rule.sweep"),
    )?;
    let queues = counts.queues_of_stack + subscriptions;
    work.add(
        of("polling of quiet queues"),
        queues * counts.receives_per_queue,
        "sqs_request",
        ("terraform/modules/queue/main.tf", "aws_sqs_queue.this"),
    )?;
    work.add(
        of("watch and sweep: runs"),
        counts.scheduled_runs,
        "lambda_request",
        WATCH,
    )?;
    work.add(
        of("watch and sweep: time"),
        counts.scheduled_gb_s,
        "lambda_gb_second",
        WATCH,
    )
}
