//! What a month costs whether or not anything arrives.

use super::Work;
use crate::{Group, Problem};

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
    )
}
