//! What is checked of an enrichment, of a target, and of their templates.

use super::task::{job_of, task_of};
use super::{Blueprint, Bus, Check, Enrichment};
use crate::api::shapes::{BusParameters, TargetParameters};
use crate::arn::{EnrichmentKind, TargetKind};
use crate::definition::Definition;
use crate::path::Path;
use crate::template::{self, InputTemplate};

pub(super) fn template_of(check: &mut Check, definition: &Definition) -> Option<InputTemplate> {
    let text = definition
        .target_parameters
        .as_ref()?
        .input_template
        .as_ref()?;
    parsed(check, "TargetParameters.InputTemplate", text)
}

pub(super) fn enrichment_of(check: &mut Check, definition: &Definition) -> Option<Enrichment> {
    let given = definition.enrichment_parameters.as_ref();
    let text = given.and_then(|given| given.input_template.as_ref());
    let template = text.and_then(|text| parsed(check, "EnrichmentParameters.InputTemplate", text));
    let Some(arn) = &definition.enrichment else {
        if text.is_some() {
            check.fail("EnrichmentParameters", "there is no enrichment");
        }
        return None;
    };
    match EnrichmentKind::of(arn) {
        Ok(kind) => Some(Enrichment { kind, template }),
        Err(reason) => {
            check.fail("Enrichment", reason);
            None
        }
    }
}

fn parsed(check: &mut Check, field: &str, text: &str) -> Option<InputTemplate> {
    if text.chars().count() > template::LIMIT {
        check.fail(field, format!("longer than {} characters", template::LIMIT));
    }
    InputTemplate::parse(text)
        .map_err(|error| check.fail(field, error))
        .ok()
}

pub(super) fn target_of(check: &mut Check, definition: &Definition, blueprint: &mut Blueprint) {
    let none = TargetParameters::default();
    let given = definition.target_parameters.as_ref().unwrap_or(&none);
    let target = blueprint.target;
    fits(check, target, given);
    let invocation = given.lambda.as_ref().or(given.state_machine.as_ref());
    blueprint.invocation = invocation
        .and_then(|given| given.invocation_type)
        .unwrap_or_default();
    queue_of(check, given, blueprint);
    if let Some(bus) = &given.bus {
        blueprint.bus = bus_of(check, bus);
    }
    let key = given.stream.as_ref().map(|stream| &stream.partition_key);
    let field = "TargetParameters.KinesisStreamParameters.PartitionKey";
    blueprint.partition_key = check.parameter(field, key, 256);
    if key.is_none() && target == TargetKind::Stream {
        check.fail(field, "required for a Kinesis stream");
    }
    match target {
        TargetKind::Cluster => blueprint.request = task_of(check, given.task.as_ref()),
        TargetKind::JobQueue => blueprint.request = job_of(check, given.job.as_ref()),
        _ => {}
    }
}

/// Parameters must be those of the target's service.
fn fits(check: &mut Check, target: TargetKind, given: &TargetParameters) {
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
        (
            given.bus.is_some(),
            "EventBridgeEventBusParameters",
            target == TargetKind::Bus,
        ),
        (
            given.stream.is_some(),
            "KinesisStreamParameters",
            target == TargetKind::Stream,
        ),
        (
            given.task.is_some(),
            "EcsTaskParameters",
            target == TargetKind::Cluster,
        ),
        (
            given.job.is_some(),
            "BatchJobParameters",
            target == TargetKind::JobQueue,
        ),
    ] {
        if present && !fits {
            check.fail(
                &format!("TargetParameters.{name}"),
                format!("the target is of {target}"),
            );
        }
    }
}

fn queue_of(check: &mut Check, given: &TargetParameters, blueprint: &mut Blueprint) {
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
    if matches!(blueprint.target, TargetKind::Queue { fifo: true })
        && queue.message_group_id.is_none()
    {
        check.fail(&field("MessageGroupId"), "required for a FIFO queue");
    }
}

fn bus_of(check: &mut Check, given: &BusParameters) -> Bus {
    let field = |name: &str| format!("TargetParameters.EventBridgeEventBusParameters.{name}");
    let resources = given.resources.as_deref().unwrap_or_default();
    if resources.len() > 10 {
        check.fail(&field("Resources"), "more than 10 resources");
    }
    if given
        .source
        .as_ref()
        .is_some_and(|source| source.starts_with("aws."))
    {
        check.fail(&field("Source"), "begins with aws., which is AWS's own");
    }
    let time = given.time.as_ref().map(|text| (text, Path::parse(text)));
    if let Some((text, None)) = &time {
        check.fail(&field("Time"), format!("{text} is not a JSON path"));
    }
    Bus {
        detail_type: check.parameter(&field("DetailType"), given.detail_type.as_ref(), 128),
        source: check.parameter(&field("Source"), given.source.as_ref(), 256),
        resources: resources
            .iter()
            .filter_map(|resource| check.parameter(&field("Resources"), Some(resource), 1600))
            .collect(),
        time: time.and_then(|(_, path)| path),
    }
}
