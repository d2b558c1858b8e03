//! Where records go.

mod batch_response;
mod batches;
mod invoke;
mod outcome;
mod prepared;

use emulator::Failure;

pub(crate) use self::outcome::BatchOutcome;
pub(crate) use self::prepared::{Prepared, prepare};
use crate::api::shapes::InvocationType;
use crate::arn::TargetKind;
use crate::blueprint::Blueprint;
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::role::AssumedRole;

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
        let action = blueprint.target.action(blueprint.invocation);
        match &self.client {
            // Made with the emulator's own credentials.
            Client::Queue { .. } | Client::Topic { .. } => {
                self.role.rights().confirm(action, &self.arn).await?;
            }
            Client::Lambda { .. } | Client::StateMachine { .. } => {
                self.role.confirm(action, &self.arn).await?;
            }
        }
        match &self.client {
            Client::Lambda { client, wait } => {
                invoke::lambda(client, &self.arn, *wait, batch).await
            }
            Client::StateMachine { client, wait: true } => {
                invoke::state_machine_sync(client, &self.arn, batch).await
            }
            Client::StateMachine { client, .. } => {
                invoke::state_machine(client, &self.arn, batch).await
            }
            Client::Queue { client, url } => batches::queue(client, url, blueprint, batch).await,
            Client::Topic { client } => batches::topic(client, &self.arn, batch).await,
        }
    }
}
