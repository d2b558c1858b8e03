//! From the pointer's insertion to the topic.

use super::work::{Work, chunks};
use crate::{Group, Problem};

pub(super) fn add(work: &mut Work<'_>) -> Result<(), Problem> {
    let of = |item| (Group::Route, item);
    let bytes = work.event_bytes();
    let batch = work.scenario.batch;
    // Reading the stream: AWS's page says that reads of Lambda are free, and names Pipes nowhere. Counted as free.
    work.add(
        of("router pipe"),
        chunks(bytes),
        "pipe_request",
        ("terraform/routing.tf", "aws_pipes_pipe.router"),
    )?;
    work.add(
        of("topic: publish"),
        chunks(bytes * batch) / batch,
        "sns_publish",
        ("terraform/routing.tf", "aws_sns_topic.events"),
    )
}
