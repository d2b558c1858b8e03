//! Instructions of a warm invocation, counted by callgrind.
//!
//! A count hardly varies from run to run, whatever else the machine does. The program runs twice, for N
//! invocations and for 2N. What the second run takes more is what N take; the start is in both.
//! <https://valgrind.org/docs/manual/cl-manual.html>

use anyhow::Context;

use crate::child::Function;
use crate::measure::{Work, unix_now};
use crate::program::Program;
use crate::works;

/// Pairs of runs, of which the median is taken. Threads of the SDK for processors meet in another order each
/// time.
const PAIRS: usize = 3;

/// Of each run.
const TRIES: usize = 3;

/// What is counted, by name. The names are in the baseline.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    program: Program,
    making: crate::measure::Making<'static>,
    /// Invocations in the shorter run.
    invocations: usize,
}

/// All that the baseline has.
pub(crate) fn cases(all: &crate::suites::Programs) -> Vec<Case> {
    use crate::delivery::Content::{Binary, Json};
    let case = |name, program: &Program, making, invocations| Case {
        name,
        program: program.clone(),
        making,
        invocations,
    };
    let ingest = |content, bytes| works::receive(&all.ingest, content, bytes);
    vec![
        case("ingest, JSON, 1 KB", &all.ingest, ingest(Json, 1_000), 50),
        case(
            "ingest, JSON, 100 KB",
            &all.ingest,
            ingest(Json, 100_000),
            20,
        ),
        case(
            "ingest, JSON, 1 MB",
            &all.ingest,
            ingest(Json, 1_000_000),
            5,
        ),
        // At most 5 % more than without.
        case(
            "ingest, JSON, 1 MB, 10 attributes",
            &all.ingest,
            works::keep(&all.ingest, 1_000_000),
            5,
        ),
        case(
            "ingest, binary, 100 KB",
            &all.ingest,
            ingest(Binary, 100_000),
            20,
        ),
        case("authorizer", &all.authorizer, works::authorize(), 100),
        case("admit, 100 KB", &all.admit, works::admit(100_000, 2), 20),
        case(
            "processor, 10 events of 1 KB",
            &all.processor,
            works::process(1_000, 10),
            10,
        ),
        case("deliver, 1 KB", &all.deliver, works::deliver(1_000, 1), 30),
    ]
}

/// Instructions of one invocation, as each pair of runs says.
pub(crate) async fn counts(case: &Case) -> anyhow::Result<Vec<f64>> {
    let mut counts = Vec::new();
    for _ in 0..PAIRS {
        let once = tried(case, case.invocations).await?;
        let twice = tried(case, 2 * case.invocations).await?;
        counts.push((twice as f64 - once as f64) / case.invocations as f64);
    }
    Ok(counts)
}

/// As [`whole`], more than once if need be: some fifty times as slow as usual, on a machine that does
/// much else, a function may run out of the time that it gives a call of AWS.
async fn tried(case: &Case, invocations: usize) -> anyhow::Result<u64> {
    for _ in 1..TRIES {
        match whole(case, invocations).await {
            Ok(count) => return Ok(count),
            Err(problem) => eprintln!("once more: {problem:#}"),
        }
    }
    whole(case, invocations).await
}

/// Instructions of a process from its start to its end, after so many invocations.
async fn whole(case: &Case, invocations: usize) -> anyhow::Result<u64> {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("callgrind.out");
    let under = [
        "valgrind".to_owned(),
        "--tool=callgrind".to_owned(),
        format!("--callgrind-out-file={}", file.display()),
    ];
    let work: Work = (case.making)(unix_now()?)?;
    let started = Function::start(&case.program, None, &under).await;
    let mut function = started.with_context(|| format!("{} under valgrind", case.name))?;
    function.hold(work.object.clone()).await;
    for number in 0..invocations {
        let done = function.invoke((work.event)(number), &work.expected).await;
        done.with_context(|| format!("{} under valgrind", case.name))?;
    }
    function.end().await?;
    let written = std::fs::read_to_string(&file);
    total(&written.context("callgrind wrote nothing")?)
}

/// Of a profile's `totals:` line, or of its parts if it has several.
/// <https://valgrind.org/docs/manual/cl-format.html>
fn total(profile: &str) -> anyhow::Result<u64> {
    let totals: Vec<u64> = profile
        .lines()
        .filter_map(|line| line.strip_prefix("totals: "))
        .map(|count| count.trim().parse())
        .collect::<Result<_, _>>()?;
    anyhow::ensure!(!totals.is_empty(), "the profile of callgrind has no totals");
    Ok(totals.iter().sum())
}

#[cfg(test)]
mod tests {
    use super::total;

    #[test]
    fn a_profile_has_totals() {
        let profile = "version: 1\nevents: Ir\nsummary: 7\n\nfn=(1) a\n0 7\n\ntotals: 1234567\n";
        assert_eq!(total(profile).unwrap(), 1_234_567);
        assert_eq!(total(&profile.repeat(2)).unwrap(), 2_469_134);
        assert!(total("events: Ir\n").is_err());
        assert!(total("totals: many\n").is_err());
    }
}
