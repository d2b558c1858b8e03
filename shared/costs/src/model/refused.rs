//! What a request costs that brings no event.

use super::{
    receive,
    work::{Work, gb_s},
};
use crate::{
    Group, Problem, Refused,
    measured::{at, billed_ms},
};

const INGEST: (&str, &str) = ("terraform/functions.tf", "module.ingest");
const ADMIT: (&str, &str) = ("terraform/admit.tf", "module.admit");
const EVENTS: (&str, &str) = ("terraform/tables.tf", "aws_dynamodb_table.events");
const ENDPOINTS: (&str, &str) = ("terraform/tables.tf", "aws_dynamodb_table.endpoints");
const FUNCTION_LOG: (&str, &str) = (
    "terraform/modules/function/main.tf",
    "aws_cloudwatch_log_group.this",
);

fn of(item: &'static str) -> (Group, &'static str) {
    (Group::Receive, item)
}

pub(super) fn add(work: &mut Work<'_>, by: Refused) -> Result<(), Problem> {
    receive::door(work)?;
    match by {
        Refused::Authorizer => {}
        Refused::UnknownName => {
            let (waits, memory) = (&work.measured.waits_ms, work.scenario.authorizer_mb);
            let waiting = gb_s(waits.dynamodb, memory);
            work.add(of("lookup"), 1.0, "dynamodb_read", ENDPOINTS)?;
            let what = of("authorizer: waiting for the lookup");
            let (file, place) = ("terraform/functions.tf", "module.authorizer");
            work.add(what, waiting, "lambda_gb_second", (file, place))?;
        }
        Refused::Ingest => ingest(work)?,
        Refused::Admit => admit(work)?,
    }
    let logged = work.logged(&[work.measured.bytes.log_refused]);
    let what = of("log of the functions");
    work.add(what, logged / 1e9, "log_gb", FUNCTION_LOG)
}

/// The signature is computed over the whole body, and nothing is waited for: the keys are in memory.
fn ingest(work: &mut Work<'_>) -> Result<(), Problem> {
    let (size, memory) = (work.scenario.size, work.scenario.ingest_mb);
    let ms = billed_ms(at(&work.measured.cpu_ms.ingest, size), 0.0, memory);
    let time = gb_s(ms, memory);
    work.add(of("ingest: call"), 1.0, "lambda_request", INGEST)?;
    work.add(of("ingest: time"), time, "lambda_gb_second", INGEST)
}

/// The body is stored, announced, read and deleted. Deletions are free.
fn admit(work: &mut Work<'_>) -> Result<(), Problem> {
    receive::announced(work)?;
    work.add(of("look for a claim"), 1.0, "dynamodb_read", EVENTS)?;
    let memory = work.scenario.admit_mb;
    let time = gb_s(admit_ms(work), memory);
    work.add(of("admit: call"), 1.0, "lambda_request", ADMIT)?;
    work.add(of("admit: time"), time, "lambda_gb_second", ADMIT)
}

/// Milliseconds for which `admit` has one forged body.
pub(super) fn admit_ms(work: &Work<'_>) -> f64 {
    let (size, waits) = (work.scenario.size, &work.measured.waits_ms);
    let wait = waits.dynamodb + waits.s3_get + work.moving_ms();
    let cpu = at(&work.measured.cpu_ms.admit, size);
    billed_ms(cpu, wait, work.scenario.admit_mb)
}
