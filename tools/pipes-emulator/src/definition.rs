//! What a pipe is, as its owner declared it, and how an update changes it.

use std::collections::BTreeMap;

use crate::api::error::InvalidField;
use crate::api::shapes::{
    CreatePipe, EnrichmentParameters, InvocationType, LogConfiguration, LogLevel, QueueParameters,
    RequestedState, SourceParameters, StreamParameters, TargetParameters, UpdatePipe,
};
use crate::arn::SourceKind;

/// A pipe's declaration, with the defaults of what was left out.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Definition {
    pub(crate) name: String,
    pub(crate) arn: String,
    pub(crate) description: Option<String>,
    pub(crate) desired: RequestedState,
    pub(crate) source: String,
    pub(crate) source_parameters: SourceParameters,
    pub(crate) enrichment: Option<String>,
    pub(crate) enrichment_parameters: Option<EnrichmentParameters>,
    pub(crate) target: String,
    pub(crate) target_parameters: Option<TargetParameters>,
    pub(crate) role_arn: String,
    pub(crate) log_configuration: LogConfiguration,
    pub(crate) kms_key_identifier: Option<String>,
    pub(crate) tags: BTreeMap<String, String>,
}

/// The account and region of this emulator.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    pub(crate) region: String,
    pub(crate) account: String,
}

impl Place {
    pub(crate) fn pipe_arn(&self, name: &str) -> String {
        format!("arn:aws:pipes:{}:{}:pipe/{name}", self.region, self.account)
    }
}

impl Definition {
    /// The declaration of a `CreatePipe`. It refuses what the shapes could not.
    pub(crate) fn new(
        place: &Place,
        name: &str,
        request: CreatePipe,
    ) -> Result<Self, Vec<InvalidField>> {
        let mut source_parameters = request.source_parameters.unwrap_or_default();
        // AWS reports the parameters of a queue even when none were given.
        if matches!(
            SourceKind::of(&request.source),
            Ok(SourceKind::Queue { .. })
        ) && source_parameters.queue.is_none()
        {
            source_parameters.queue = Some(QueueParameters {
                batch_size: 10,
                maximum_batching_window_in_seconds: 0,
            });
        }
        Ok(Self {
            name: name.to_owned(),
            arn: place.pipe_arn(name),
            description: request.description,
            desired: request.desired_state,
            source: request.source,
            source_parameters: without_empty_filter(source_parameters),
            enrichment: request.enrichment.filter(|arn| !arn.is_empty()),
            enrichment_parameters: tidy_enrichment(request.enrichment_parameters),
            target: request.target,
            target_parameters: tidy(request.target_parameters),
            role_arn: request.role_arn,
            log_configuration: request.log_configuration.unwrap_or_else(no_log),
            kms_key_identifier: request.kms_key_identifier.filter(|key| !key.is_empty()),
            tags: request.tags,
        })
    }

    /// The declaration after an `UpdatePipe`: absent members stay, present ones are replaced as a whole (a block of
    /// one service's parameters is one member, so what it leaves out gets its default again).
    pub(crate) fn updated(&self, request: UpdatePipe) -> Result<Self, Vec<InvalidField>> {
        let mut new = self.clone();
        new.role_arn = request.role_arn;
        if let Some(description) = request.description {
            new.description = Some(description);
        }
        if let Some(desired) = request.desired_state {
            new.desired = desired;
        }
        if let Some(target) = request.target {
            new.target = target;
        }
        if let Some(parameters) = request.enrichment_parameters {
            let before = new.enrichment_parameters.unwrap_or_default();
            new.enrichment_parameters = tidy_enrichment(Some(EnrichmentParameters {
                input_template: parameters.input_template.or(before.input_template),
            }));
        }
        // Terraform removes an enrichment by an empty text, and says nothing about its parameters then.
        if let Some(enrichment) = request.enrichment {
            new.enrichment = Some(enrichment).filter(|arn| !arn.is_empty());
            if new.enrichment.is_none() {
                new.enrichment_parameters = None;
            }
        }
        if let Some(key) = request.kms_key_identifier {
            new.kms_key_identifier = Some(key).filter(|key| !key.is_empty());
        }
        if let Some(log) = request.log_configuration {
            new.log_configuration = log;
        }
        if let Some(parameters) = request.source_parameters {
            new.source_parameters = merge_source(&self.source_parameters, parameters)?;
        }
        if let Some(parameters) = request.target_parameters {
            new.target_parameters = tidy(Some(merge_target(
                self.target_parameters.clone(),
                parameters,
            )));
        }
        Ok(new)
    }

    /// How the target is called.
    pub(crate) fn invocation(&self) -> InvocationType {
        let given = self.target_parameters.as_ref();
        let given = given.and_then(|given| given.state_machine.as_ref().or(given.lambda.as_ref()));
        given
            .and_then(|given| given.invocation_type)
            .unwrap_or_default()
    }
}

fn merge_source(
    old: &SourceParameters,
    update: SourceParameters,
) -> Result<SourceParameters, Vec<InvalidField>> {
    let mut new = old.clone();
    if let Some(filter) = update.filter_criteria {
        new.filter_criteria = Some(filter);
    }
    if let Some(queue) = update.queue {
        new.queue = Some(queue);
    }
    if let Some(stream) = update.stream {
        let Some(before) = &old.stream else {
            let field = "SourceParameters.DynamoDBStreamParameters";
            return Err(vec![InvalidField::new(
                field,
                "the source of this pipe is not a DynamoDB stream",
            )]);
        };
        if stream.starting_position.is_some() {
            let field = "SourceParameters.DynamoDBStreamParameters.StartingPosition";
            return Err(vec![InvalidField::new(field, "an update cannot change it")]);
        }
        new.stream = Some(StreamParameters {
            starting_position: before.starting_position,
            ..stream
        });
    }
    Ok(without_empty_filter(new))
}

/// A template stays unless a new one replaces it or an empty one removes it.
fn merge_target(old: Option<TargetParameters>, update: TargetParameters) -> TargetParameters {
    let old = old.unwrap_or_default();
    TargetParameters {
        input_template: update.input_template.or(old.input_template),
        lambda: update.lambda.or(old.lambda),
        state_machine: update.state_machine.or(old.state_machine),
        queue: update.queue.or(old.queue),
        bus: update.bus.or(old.bus),
        stream: update.stream.or(old.stream),
        task: update.task.or(old.task),
        job: update.job.or(old.job),
    }
}

/// Without an empty template, and without parameters if none are left.
fn tidy(parameters: Option<TargetParameters>) -> Option<TargetParameters> {
    let mut parameters = parameters?;
    parameters.input_template = parameters
        .input_template
        .filter(|template| !template.is_empty());
    (parameters != TargetParameters::default()).then_some(parameters)
}

/// Without an empty template, and without parameters if none are left.
fn tidy_enrichment(parameters: Option<EnrichmentParameters>) -> Option<EnrichmentParameters> {
    let template = parameters?.input_template;
    let input_template = Some(template.filter(|template| !template.is_empty())?);
    Some(EnrichmentParameters { input_template })
}

fn without_empty_filter(mut parameters: SourceParameters) -> SourceParameters {
    parameters.filter_criteria = parameters
        .filter_criteria
        .filter(|criteria| !criteria.filters.is_empty());
    parameters
}

fn no_log() -> LogConfiguration {
    LogConfiguration {
        level: LogLevel::Off,
        include_execution_data: None,
        cloudwatch_logs_log_destination: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    fn create(body: Value) -> Definition {
        let place = Place {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
        };
        Definition::new(&place, "p", serde_json::from_value(body).unwrap()).unwrap()
    }

    fn update(definition: &Definition, mut body: Value) -> Definition {
        body["RoleArn"] = json!("r2");
        definition
            .updated(serde_json::from_value(body).unwrap())
            .unwrap()
    }

    fn stream() -> Definition {
        create(json!({"RoleArn": "r", "Source": "s", "Target": "t",
            "SourceParameters": {
                "FilterCriteria": {"Filters": [{"Pattern": "{}"}]},
                "DynamoDBStreamParameters": {"StartingPosition": "TRIM_HORIZON", "MaximumRetryAttempts": 3}},
            "TargetParameters": {"InputTemplate": "x", "SqsQueueParameters": {"MessageGroupId": "g"}}}))
    }

    #[test]
    fn defaults_are_reported() {
        let parameters = stream().source_parameters.stream.unwrap();
        assert_eq!(parameters.batch_size, 100);
        assert_eq!(parameters.maximum_record_age_in_seconds, -1);
        assert_eq!(parameters.parallelization_factor, 1);
        assert_eq!(stream().log_configuration, no_log());
        let queue = create(
            json!({"RoleArn": "r", "Target": "t", "Source": "arn:aws:sqs:us-east-1:000000000000:q"}),
        );
        assert_eq!(queue.source_parameters.queue.unwrap().batch_size, 10);
    }

    #[test]
    fn an_update_keeps_what_it_does_not_name() {
        let before = stream();
        let after = update(&before, json!({}));
        assert_eq!(
            after,
            Definition {
                role_arn: "r2".to_owned(),
                ..before
            }
        );
    }

    #[test]
    fn a_service_block_is_replaced_as_one() {
        let after = update(
            &stream(),
            json!({"SourceParameters": {"DynamoDBStreamParameters": {"BatchSize": 5}}}),
        );
        let parameters = after.source_parameters.stream.unwrap();
        assert_eq!(
            (parameters.batch_size, parameters.maximum_retry_attempts),
            (5, -1)
        );
        assert!(after.source_parameters.filter_criteria.is_some());
        assert_eq!(after.target_parameters, stream().target_parameters);
    }

    #[test]
    fn a_template_stays_when_other_target_parameters_change() {
        let group = json!({"SqsQueueParameters": {"MessageGroupId": "h"}});
        let after = update(&stream(), json!({"TargetParameters": group}));
        let parameters = after.target_parameters.unwrap();
        assert_eq!(parameters.input_template.as_deref(), Some("x"));
        assert_eq!(
            parameters.queue.unwrap().message_group_id.as_deref(),
            Some("h")
        );
    }

    #[test]
    fn empty_values_take_away() {
        let after = update(
            &stream(),
            json!({"SourceParameters": {"FilterCriteria": {"Filters": []}}, "TargetParameters": {"InputTemplate": ""}}),
        );
        assert_eq!(after.source_parameters.filter_criteria, None);
        let parameters = after.target_parameters.unwrap();
        assert_eq!(parameters.input_template, None);
        assert!(parameters.queue.is_some());
    }

    #[test]
    fn a_starting_position_cannot_be_updated() {
        let body = json!({"RoleArn": "r", "SourceParameters": {"DynamoDBStreamParameters": {"StartingPosition": "LATEST"}}});
        let update = serde_json::from_value(body).unwrap();
        let field = &stream().updated(update).unwrap_err()[0].field;
        assert!(field.ends_with(".StartingPosition"), "{field}");
    }

    #[test]
    fn an_enrichment_stays_until_an_empty_text_removes_it() {
        let arn = "arn:aws:lambda:us-east-1:000000000000:function:f";
        let before = update(
            &stream(),
            json!({"Enrichment": arn, "EnrichmentParameters": {"InputTemplate": "x"}}),
        );
        let template = |definition: &Definition| {
            let parameters = definition.enrichment_parameters.clone();
            parameters.and_then(|parameters| parameters.input_template)
        };
        let same = update(&before, json!({"EnrichmentParameters": {}}));
        assert_eq!(same.enrichment.as_deref(), Some(arn));
        assert_eq!(template(&same).as_deref(), Some("x"));
        let bare = json!({"EnrichmentParameters": {"InputTemplate": ""}});
        assert_eq!(template(&update(&before, bare)), None);
        let after = update(&before, json!({"Enrichment": ""}));
        assert_eq!(
            (after.enrichment, after.enrichment_parameters),
            (None, None)
        );
    }
}
