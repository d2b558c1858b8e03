use super::plan::{Bench, Row, Suite};
use crate::delivery::Content;
use crate::measure::{Making, Plan, compare};
use crate::program::Program;
use crate::works;

/// Starts are short and vary more than anything else.
const TIMES: usize = 3;

/// Small: a start has nothing to do with the payload.
const BYTES: usize = 1_000;

/// From the start of each program to the end of its first invocation. All but the Runtime API is
/// behind TLS, as on AWS.
pub(super) async fn measure(bench: &Bench<'_>) -> anyhow::Result<Vec<Row>> {
    let all = bench.programs;
    let mut programs: Vec<(&Program, Making<'static>)> = all
        .receivers()
        .map(|program| (program, works::receive(program, Content::Json, BYTES)))
        .collect();
    // It writes its claim on the object, and then the pointer.
    programs.extend([
        (&all.authorizer, works::authorize()),
        (&all.admit, works::admit(BYTES, 2)),
        (&all.processor, works::process(BYTES, 1)),
        (&all.deliver, works::deliver(BYTES, 1)),
    ]);
    let plan = Plan {
        rounds: bench.settings.plan.rounds * TIMES,
        invocations: 1,
        ..bench.settings.plan
    };
    // The first start of each reads its file from disk, which is not measured here.
    let once = Plan { rounds: 1, ..plan };
    compare(&programs, Some(&bench.identity), once).await?;
    let figures = compare(&programs, Some(&bench.identity), plan).await?;
    bench.done("start", BYTES);
    let rows = programs.iter().zip(figures);
    Ok(rows
        .map(|((program, _), figures)| Row {
            suite: Suite::Start,
            program: program.name.clone(),
            content: Content::Json,
            bytes: BYTES,
            events: 1,
            tls: true,
            figures,
        })
        .collect())
}
