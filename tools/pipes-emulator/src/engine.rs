//! The engine that checks and runs pipes against the local cloud.

use aws_sdk_sfn::types::StateMachineType;
use emulator::{Caller, Clock, Failure};
use tokio::sync::watch;
use tracing::error;

use crate::api::shapes::InvocationType;
use crate::arn::{EnrichmentKind, SourceKind, TargetKind};
use crate::blueprint::Blueprint;
use crate::cloud::Cloud;
use crate::definition::{Definition, Place};
use crate::pipes::Engine;
use crate::role::{PIPES, Right, Rights};
use crate::runner;
use crate::runner::checkpoint::Checkpoints;
use crate::targets;

/// Runs pipes for real.
pub(crate) struct Local {
    pub(crate) cloud: Cloud,
    pub(crate) place: Place,
    pub(crate) clock: Clock,
}

impl Engine for Local {
    async fn check(&self, definition: &Definition) -> Result<(), String> {
        self.examine(definition)
            .await
            .map_err(|failure| failure.to_string())
    }

    async fn run(
        &self,
        definition: Definition,
        checkpoints: Checkpoints,
        stop: watch::Receiver<bool>,
    ) {
        match Blueprint::of(&definition) {
            Ok(blueprint) => {
                let account = self.place.account.clone();
                let run = runner::Run {
                    cloud: self.cloud.clone(),
                    clock: self.clock,
                    account,
                    definition,
                    blueprint,
                };
                // Boxed: it is as large as everything that a pipe does.
                Box::pin(run.run(checkpoints, stop)).await;
            }
            // The API checked it before storing it.
            Err(_) => error!(pipe = definition.name, "the declaration is not valid"),
        }
    }
}

impl Local {
    async fn examine(&self, definition: &Definition) -> Result<(), Failure> {
        let caller = Caller {
            service: PIPES,
            account: &self.place.account,
            source_arn: &definition.arn,
        };
        self.cloud
            .roles
            .trusted(&definition.role_arn, caller)
            .await?;
        let rights = Rights::new(&self.cloud, &definition.role_arn);
        for right in needs(definition) {
            rights.confirm_right(&right).await?;
        }
        for right in targets::rights(&self.cloud, definition).await? {
            rights.confirm_right(&right).await?;
        }
        match SourceKind::of(&definition.source) {
            Ok(SourceKind::Stream) => {
                let request = self
                    .cloud
                    .streams
                    .describe_stream()
                    .stream_arn(&definition.source);
                request
                    .send()
                    .await
                    .map_err(|error| Failure::of("dynamodb:DescribeStream", &error))?;
            }
            Ok(SourceKind::Queue { .. }) => drop(self.cloud.queue_url(&definition.source).await?),
            Err(reason) => return Err(Failure::new("Source", reason)),
        }
        if TargetKind::of(&definition.target) == Ok(TargetKind::StateMachine)
            && definition.invocation() == InvocationType::RequestResponse
        {
            self.refuse_standard(&definition.target).await?;
        }
        if let Some(arn) = &definition.enrichment
            && EnrichmentKind::of(arn) == Ok(EnrichmentKind::StateMachine)
        {
            self.refuse_standard(arn).await?;
        }
        Ok(())
    }

    async fn refuse_standard(&self, arn: &str) -> Result<(), Failure> {
        let request = aws_sdk_sfn::Client::new(self.cloud.config())
            .describe_state_machine()
            .state_machine_arn(arn);
        let answer = request
            .send()
            .await
            .map_err(|error| Failure::of("states:DescribeStateMachine", &error))?;
        if answer.r#type == StateMachineType::Express {
            return Ok(());
        }
        let reason = "REQUEST_RESPONSE is not supported for STANDARD state machine workflows";
        Err(Failure::new("states:StartSyncExecution", reason))
    }
}

/// The rights that the role needs for everything but the target. Keys of encrypted queues and topics are not checked.
fn needs(definition: &Definition) -> Vec<Right> {
    let actions: &[&'static str] = match SourceKind::of(&definition.source) {
        Ok(SourceKind::Stream) => &[
            "dynamodb:DescribeStream",
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
        ],
        Ok(SourceKind::Queue { .. }) => &[
            "sqs:ReceiveMessage",
            "sqs:DeleteMessage",
            "sqs:GetQueueAttributes",
        ],
        Err(_) => &[],
    };
    let mut needs: Vec<Right> = actions
        .iter()
        .map(|action| Right::plain(action, &definition.source))
        .collect();
    if let Some(arn) = &definition.enrichment
        && let Ok(kind) = EnrichmentKind::of(arn)
    {
        needs.push(Right::plain(kind.action(), arn));
    }
    let stream = definition.source_parameters.stream.as_ref();
    let dead_letters = stream.and_then(|stream| stream.dead_letter_config.as_ref()?.arn.clone());
    if let Some(arn) = dead_letters
        && let Ok(kind) = TargetKind::of(&arn)
    {
        needs.push(Right::plain(kind.action(InvocationType::default()), arn));
    }
    needs
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_pipe_needs_its_source_enrichment_and_dead_letter_queue() {
        let body = json!({"RoleArn": "r", "Source": "arn:aws:dynamodb:us-east-1:000000000000:table/t/stream/s",
            "Target": "arn:aws:states:us-east-1:000000000000:stateMachine:m",
            "Enrichment": "arn:aws:states:us-east-1:000000000000:stateMachine:e",
            "SourceParameters": {"DynamoDBStreamParameters": {"StartingPosition": "LATEST",
                "DeadLetterConfig": {"Arn": "arn:aws:sqs:us-east-1:000000000000:dlq"}}}});
        let place = Place {
            region: "us-east-1".to_owned(),
            account: "000000000000".to_owned(),
        };
        let definition =
            Definition::new(&place, "p", serde_json::from_value(body).unwrap()).unwrap();
        let actions: Vec<&str> = needs(&definition)
            .into_iter()
            .map(|right| right.action)
            .collect();
        assert_eq!(
            actions,
            [
                "dynamodb:DescribeStream",
                "dynamodb:GetRecords",
                "dynamodb:GetShardIterator",
                "states:StartSyncExecution",
                "sqs:SendMessage"
            ]
        );
    }
}
