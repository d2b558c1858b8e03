//! Where records go.

mod batch_response;
mod batches;
mod invoke;
mod prepared;

use emulator::Failure;

pub(crate) use self::prepared::{Prepared, prepare};
use crate::api::shapes::InvocationType;
use crate::arn::TargetKind;
use crate::blueprint::Blueprint;
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::role::AssumedRole;
use crate::runner::plan::BatchOutcome;

/// The target of a pipe, ready to accept batches.
pub(crate) struct Target {
    arn: String,
    role: AssumedRole,
    client: Client,
}

enum Client {
    Lambda {
        client: aws_sdk_lambda::Client,
        wait: bool,
    },
    StateMachine {
        client: aws_sdk_sfn::Client,
        wait: bool,
    },
    Queue {
        client: aws_sdk_sqs::Client,
        url: String,
    },
    Topic {
        client: aws_sdk_sns::Client,
    },
}

impl Target {
    pub(crate) async fn connect(
        cloud: &Cloud,
        role: &AssumedRole,
        definition: &Definition,
        blueprint: &Blueprint,
    ) -> Result<Self, Failure> {
        let config = role.config();
        let batches = cloud.config();
        let wait = blueprint.invocation == InvocationType::RequestResponse;
        let client = match blueprint.target {
            TargetKind::Lambda => Client::Lambda {
                client: aws_sdk_lambda::Client::new(config),
                wait,
            },
            TargetKind::StateMachine => Client::StateMachine {
                client: aws_sdk_sfn::Client::new(config),
                wait,
            },
            TargetKind::Queue { .. } => Client::Queue {
                client: aws_sdk_sqs::Client::new(batches),
                url: cloud.queue_url(&definition.target).await?,
            },
            TargetKind::Topic => Client::Topic {
                client: aws_sdk_sns::Client::new(batches),
            },
        };
        Ok(Self {
            arn: definition.target.clone(),
            role: role.clone(),
            client,
        })
    }

    /// Sends a batch.
    pub(crate) async fn deliver(
        &self,
        blueprint: &Blueprint,
        batch: &[Prepared<'_>],
    ) -> Result<BatchOutcome, Failure> {
        match &self.client {
            Client::Lambda { client, wait } => {
                self.role
                    .confirm("lambda:InvokeFunction", &self.arn)
                    .await?;
                invoke::lambda(client, &self.arn, *wait, batch).await
            }
            Client::StateMachine { client, wait: true } => {
                self.role
                    .confirm("states:StartSyncExecution", &self.arn)
                    .await?;
                invoke::state_machine_sync(client, &self.arn, batch).await
            }
            Client::StateMachine {
                client,
                wait: false,
            } => {
                self.role
                    .confirm("states:StartExecution", &self.arn)
                    .await?;
                invoke::state_machine(client, &self.arn, batch).await
            }
            Client::Queue { client, url } => {
                self.role
                    .rights()
                    .confirm("sqs:SendMessage", &self.arn)
                    .await?;
                batches::queue(client, url, blueprint, batch).await
            }
            Client::Topic { client } => {
                self.role.rights().confirm("sns:Publish", &self.arn).await?;
                batches::topic(client, &self.arn, batch).await
            }
        }
    }
}
