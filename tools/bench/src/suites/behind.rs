//! The functions that are not `ingest`.

use super::plan::{Bench, Row, Suite};
use crate::delivery::Content;
use crate::measure::{Making, compare};
use crate::program::Program;
use crate::tls::Identity;
use crate::works;

/// Of what is read from S3, in bytes.
const ADMIT_SIZES: [usize; 3] = [1_000, 1_000_000, 10_000_000];
const DELIVER_SIZES: [usize; 4] = [1_000, 100_000, 1_000_000, 10_000_000];
const PROCESSOR_SIZES: [usize; 2] = [1_000, 100_000];

/// Events at once, and whether they come and go over TLS. The second is the deployed way for an event
/// that comes alone, the third under a backlog.
const WAYS: [(usize, bool); 3] = [(1, false), (1, true), (10, true)];

/// Of a buffered subscription by default, and the most that one asks for.
const BATCHES: [usize; 2] = [10, 100];

pub(super) async fn authorizer(bench: &Bench<'_>) -> anyhow::Result<Vec<Row>> {
    let programs = vec![(&bench.programs.authorizer, works::authorize())];
    let rows = rows(bench, Suite::Authorizer, 0, 1, bench.identity(), programs);
    rows.await
}

pub(super) async fn admit(bench: &Bench<'_>) -> anyhow::Result<Vec<Row>> {
    let mut all = Vec::new();
    for bytes in ADMIT_SIZES {
        let programs = vec![
            // It writes its claim on the object, and then the pointer.
            (&bench.programs.admit, works::admit(bytes, 2)),
            (&bench.programs.reader, works::admit(bytes, 0)),
        ];
        let identity = bench.identity();
        all.extend(rows(bench, Suite::Admit, bytes, 1, identity, programs).await?);
    }
    Ok(all)
}

pub(super) async fn processor(bench: &Bench<'_>) -> anyhow::Result<Vec<Row>> {
    let mut all = Vec::new();
    for bytes in PROCESSOR_SIZES {
        for events in BATCHES {
            let programs = vec![(&bench.programs.processor, works::process(bytes, events))];
            let identity = bench.identity();
            let suite = Suite::Processor;
            all.extend(rows(bench, suite, bytes, events, identity, programs).await?);
        }
    }
    Ok(all)
}

pub(super) async fn deliver(bench: &Bench<'_>) -> anyhow::Result<Vec<Row>> {
    let mut all = Vec::new();
    for bytes in DELIVER_SIZES {
        for (events, tls) in WAYS {
            let programs = vec![
                (&bench.programs.deliver, works::deliver(bytes, events)),
                (&bench.programs.forwarder, works::deliver(bytes, events)),
            ];
            let identity = Some(&bench.identity).filter(|_| tls);
            let suite = Suite::Deliver;
            all.extend(rows(bench, suite, bytes, events, identity, programs).await?);
        }
    }
    Ok(all)
}

async fn rows(
    bench: &Bench<'_>,
    suite: Suite,
    bytes: usize,
    events: usize,
    identity: Option<&Identity>,
    programs: Vec<(&Program, Making<'_>)>,
) -> anyhow::Result<Vec<Row>> {
    let figures = compare(&programs, identity, bench.settings.plan).await?;
    bench.done(&format!("{suite:?}, events at once: {events}"), bytes);
    let all = programs.iter().zip(figures);
    Ok(all
        .map(|((program, _), figures)| Row {
            suite,
            program: program.name.clone(),
            content: Content::Json,
            bytes,
            events,
            tls: identity.is_some(),
            figures,
        })
        .collect())
}
