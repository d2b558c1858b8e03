//! What is checked of a target and its template.

use super::{Blueprint, Check};
use crate::arn::TargetKind;
use crate::definition::Definition;
use crate::template::{self, InputTemplate};

pub(super) fn template_of(check: &mut Check, definition: &Definition) -> Option<InputTemplate> {
    let text = definition
        .target_parameters
        .as_ref()?
        .input_template
        .as_ref()?;
    let field = "TargetParameters.InputTemplate";
    if text.chars().count() > template::LIMIT {
        check.fail(field, format!("longer than {} characters", template::LIMIT));
    }
    InputTemplate::parse(text)
        .map_err(|error| check.fail(field, error))
        .ok()
}

pub(super) fn target_of(check: &mut Check, definition: &Definition, blueprint: &mut Blueprint) {
    let Some(given) = &definition.target_parameters else {
        if matches!(blueprint.target, TargetKind::Queue { fifo: true }) {
            check.fail(
                "TargetParameters.SqsQueueParameters.MessageGroupId",
                "required for a FIFO queue",
            );
        }
        return;
    };
    let target = blueprint.target;
    for (present, name, fits) in [
        (
            given.lambda.is_some(),
            "LambdaFunctionParameters",
            target == TargetKind::Lambda,
        ),
        (
            given.state_machine.is_some(),
            "StepFunctionStateMachineParameters",
            target == TargetKind::StateMachine,
        ),
        (
            given.queue.is_some(),
            "SqsQueueParameters",
            matches!(target, TargetKind::Queue { .. }),
        ),
    ] {
        if present && !fits {
            check.fail(
                &format!("TargetParameters.{name}"),
                format!("the target is of {target}"),
            );
        }
    }
    let invocation = given.lambda.as_ref().or(given.state_machine.as_ref());
    blueprint.invocation = invocation
        .and_then(|given| given.invocation_type)
        .unwrap_or_default();
    let queue = given.queue.clone().unwrap_or_default();
    let field = |name: &str| format!("TargetParameters.SqsQueueParameters.{name}");
    blueprint.group = check.parameter(
        &field("MessageGroupId"),
        queue.message_group_id.as_ref(),
        100,
    );
    blueprint.deduplication = check.parameter(
        &field("MessageDeduplicationId"),
        queue.message_deduplication_id.as_ref(),
        100,
    );
    if matches!(target, TargetKind::Queue { fifo: true }) && queue.message_group_id.is_none() {
        check.fail(&field("MessageGroupId"), "required for a FIFO queue");
    }
}
