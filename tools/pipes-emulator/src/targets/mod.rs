//! Where records go, and what enriches them before.

mod batch_response;
mod batches;
mod bus;
mod enrichment;
mod invoke;
mod outcome;
mod prepared;
mod records;
mod rights;
mod task;

use emulator::{ControlPlane, Failure};

pub(crate) use self::enrichment::Enricher;
pub(crate) use self::outcome::BatchOutcome;
pub(crate) use self::prepared::{Prepared, prepare};
pub(crate) use self::rights::rights;
use crate::api::shapes::InvocationType;
use crate::arn::TargetKind;
use crate::blueprint::Blueprint;
use crate::cloud::Cloud;
use crate::definition::Definition;
use crate::role::{AssumedRole, Right};

/// The target of a pipe, ready to accept batches.
pub(crate) struct Target {
    arn: String,
    pipe: String,
    role: AssumedRole,
    rights: Vec<Right>,
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
    /// The SDK's crates for these services would take minutes to compile for one call each.
    Call {
        calls: ControlPlane,
        kind: TargetKind,
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
            kind => Client::Call {
                calls: cloud.calls(config),
                kind,
            },
        };
        Ok(Self {
            arn: definition.target.clone(),
            pipe: definition.name.clone(),
            role: role.clone(),
            rights: rights(cloud, definition).await?,
            client,
        })
    }

    /// Sends a batch. `ids` are those of the source's records: a function or workflow names them in its answer. Any
    /// other outcome is about the entries of the batch.
    pub(crate) async fn deliver(
        &self,
        blueprint: &Blueprint,
        batch: &[Prepared<'_>],
        ids: &[&str],
    ) -> Result<BatchOutcome, Failure> {
        for right in &self.rights {
            match &self.client {
                // Made with the emulator's own credentials.
                Client::Queue { .. } | Client::Topic { .. } => {
                    self.role.rights().confirm_right(right).await?;
                }
                _ => self.role.confirm_right(right).await?,
            }
        }
        let arn = &self.arn;
        match &self.client {
            Client::Lambda { client, wait } => {
                let answer = invoke::lambda(client, arn, *wait, batch).await?;
                invoke::outcome("lambda:Invoke", &answer, ids)
            }
            Client::StateMachine { client, wait: true } => {
                let answer = invoke::state_machine_sync(client, arn, batch).await?;
                invoke::outcome("states:StartSyncExecution", &answer, ids)
            }
            Client::StateMachine { client, .. } => invoke::state_machine(client, arn, batch).await,
            Client::Queue { client, url } => batches::queue(client, url, blueprint, batch).await,
            Client::Topic { client } => batches::topic(client, arn, batch).await,
            Client::Call { calls, kind } => match kind {
                TargetKind::Bus => bus::put(calls, arn, &self.pipe, blueprint, batch).await,
                TargetKind::Stream => records::stream(calls, arn, blueprint, batch).await,
                TargetKind::DeliveryStream => records::delivery_stream(calls, arn, batch).await,
                TargetKind::Cluster => task::run(calls, arn, blueprint, batch).await,
                _ => task::submit(calls, arn, blueprint, batch).await,
            },
        }
    }
}
