//! EventBridge Pipes for the local cloud: the Pipes API and a runner for its pipes.
//!
//! The server speaks the API as `aws-sdk-pipes` and Terraform do, and runs every pipe against a
//! local cloud that has DynamoDB Streams, SQS, SNS, Lambda, Step Functions, IAM and
//! STS. What it does is taken from AWS's documents; where they are silent it chooses, as listed
//! here:
//!
//! * **Sources**: DynamoDB streams and SQS queues, standard and FIFO. **Targets**: Lambda, Step Functions, SQS, SNS. **Dead letters**
//!   go to SQS queues. Other sources, targets, log destinations, enrichment, and reserved variables of templates are
//!   refused by name.
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
