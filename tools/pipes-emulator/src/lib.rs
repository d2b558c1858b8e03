//! EventBridge Pipes for the local cloud: the Pipes API and a runner for its pipes.
//!
//! The server speaks the API as `aws-sdk-pipes` and Terraform do, and runs every pipe against a
//! local cloud that has the services of its sources and targets, IAM and STS. What it does is taken
//! from AWS's documents; where they are silent it chooses, as listed here (for readers who do not
//! read code: docs/local-cloud.md, with the reasons in docs/decisions/0044):
//!
//! * **Sources**: DynamoDB streams and SQS queues, standard and FIFO. **Targets**: Lambda, Step Functions, SQS, SNS,
//!   event buses, Kinesis, Firehose, ECS, Batch. **Enrichments**: Lambda and Express workflows. **Dead letters** go to
//!   standard SQS queues. Other sources, targets, enrichments and log destinations, and reserved variables of templates,
//!   are refused by name.
//! * A **FIFO queue**: what a target does not name as failed is deleted, whatever failed before it in its group.
//! * A **target parameter that is a path** names a value of the event before the target's template, which is the
//!   enrichment's answer if there is one. A value that is no text becomes its JSON text.
//! * An **enrichment's answer** `null`, or none, is as empty as `""`, `{}` and `[]`. A partial failure is of the whole
//!   batch if the enrichment returned another number of events.
//! * **Firehose and Kinesis** get what the template gives, with nothing after it.
//! * A **role is asked** about `iam:PassRole` for a task's roles, with the condition keys that ECS sends. Only inline policies
//!   count there.
//! * A stopped pipe continues from its **checkpoint**, which is kept in memory: it ends with this
//!   process.
//! * A **template path that leads nowhere** gives `""` or no text, and a warning in the log.
//! * **Retries** wait a quarter of a second, doubling to five seconds.
//! * A function's `batchItemFailures` about a stream: **all from the first named record on** is tried again in order,
//!   as for Lambda's event source mappings.
//! * **Halving a batch** (`AUTOMATIC_BISECT`) costs no retry.
//! * `ParallelizationFactor` is checked and kept; each shard still has only one batch under way.
//! * A pipe whose target keeps **refusing access** stays RUNNING and logs it; AWS may disable such a pipe.
//! * Starting a running pipe and stopping a stopped one is a `ConflictException`.
//! * Log destinations are kept and reported, and nothing is written to them: the log is this process's.
//! * **Limits not kept**: the size of batches and payloads, executions at once beyond five per queue and one per
//!   shard, and the five minutes of an execution other than as a time-out of each call.
//! * Callers of this API are not authenticated.

mod api;
mod arn;
mod blueprint;
mod cloud;
mod definition;
mod engine;
mod event;
mod filter;
#[cfg(fuzzing)]
pub mod fuzzing;
mod json;
mod path;
mod pipes;
mod request;
mod role;
mod runner;
mod server;
mod state;
mod targets;
mod template;

use std::future::Future;

use anyhow::Result;
use emulator::{Args, Clock};

use crate::cloud::Cloud;
use crate::definition::Place;
use crate::engine::Local;
use crate::pipes::Pipes;

/// Serves until `stop` is done, then lets every pipe finish its current work.
///
/// # Errors
/// The address cannot be used, or the ready file cannot be written.
pub async fn run(
    args: &Args,
    clock: Clock,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<()> {
    let place = Place {
        region: args.region.clone(),
        account: args.account.clone(),
    };
    let cloud = Cloud::connect(&args.cloud, &place.region, clock).await;
    let pipes = Pipes::new(
        Local {
            cloud,
            place: place.clone(),
            clock,
        },
        clock,
    );
    server::serve(args, place, pipes, stop).await
}
