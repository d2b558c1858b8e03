//! What is checked of every pipe: name, tags, role, log.

use super::Check;
use crate::api::error::InvalidField;
use crate::api::shapes::LogLevel;
use crate::arn::Arn;
use crate::definition::Definition;

/// Checks a pipe's name.
pub(crate) fn name_problem(name: &str) -> Option<InvalidField> {
    let allowed = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_');
    let good = (1..=64).contains(&name.len()) && name.chars().all(allowed);
    (!good).then(|| {
        InvalidField::new(
            "Name",
            r"must match [\.\-_A-Za-z0-9]+ and be 1 to 64 characters long",
        )
    })
}

/// Checks tags.
pub(crate) fn tag_problems<'a>(
    tags: impl Iterator<Item = (&'a String, &'a String)>,
    field: &str,
) -> Vec<InvalidField> {
    let mut problems = Vec::new();
    let mut count = 0;
    for (key, value) in tags {
        count += 1;
        if !(1..=128).contains(&key.chars().count()) {
            problems.push(InvalidField::new(
                field,
                "a key must be 1 to 128 characters long",
            ));
        }
        if value.chars().count() > 256 {
            problems.push(InvalidField::new(
                field,
                format!("the value of {key} is longer than 256 characters"),
            ));
        }
    }
    if count > 50 {
        problems.push(InvalidField::new(field, "a pipe has at most 50 tags"));
    }
    problems
}

pub(super) fn check_general(check: &mut Check, definition: &Definition) {
    check.problems.extend(name_problem(&definition.name));
    if definition
        .description
        .as_ref()
        .is_some_and(|text| text.chars().count() > 512)
    {
        check.fail("Description", "longer than 512 characters");
    }
    if Arn::parse(&definition.role_arn)
        .and_then(|arn| arn.role_name())
        .is_none()
    {
        check.fail(
            "RoleArn",
            format!("{} is not the ARN of an IAM role", definition.role_arn),
        );
    }
    check
        .problems
        .extend(tag_problems(definition.tags.iter(), "Tags"));
    let log = &definition.log_configuration;
    if log.level != LogLevel::Off && log.cloudwatch_logs_log_destination.is_none() {
        check.fail(
            "LogConfiguration",
            "a level other than OFF needs a destination",
        );
    }
    if let Some(destination) = &log.cloudwatch_logs_log_destination {
        let arn = Arn::parse(&destination.log_group_arn);
        if !arn.is_some_and(|arn| arn.service == "logs" && arn.resource.starts_with("log-group:")) {
            check.fail(
                "LogConfiguration.CloudwatchLogsLogDestination.LogGroupArn",
                "not the ARN of a log group",
            );
        }
    }
}
