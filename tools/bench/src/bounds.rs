//! What the figures must keep. Bounds fail a run; goals are reported.

use anyhow::ensure;

use crate::delivery::Content;
use crate::measure::Figures;
use crate::stats::figure;
use crate::suites::{Row, Suite, name};
use crate::table::Table;

/// The most that the functions may log of an accepted delivery, `authorizer` and `ingest` together, in
/// bytes. CloudWatch Logs charges by what is written.
const LOG_BYTES: f64 = 450.0;

/// The most memory that `deliver` may ever have, whatever the payloads and however many come at
/// once.
const DELIVER_MB: f64 = 80.0;

/// `deliver` streams a larger payload, and reads it twice if it is signed: its `HELD_BYTES`.
const HELD_BYTES: usize = 2 * 1024 * 1024;

/// Fails if something took more memory, made other requests or logged more than it may.
pub(crate) fn kept(rows: &[Row]) -> anyhow::Result<()> {
    for row in rows.iter().filter(|row| row.program == name::DELIVER) {
        deliver_keeps(row)?;
    }
    if let Some(bytes) = log_bytes(rows) {
        ensure!(
            bytes <= LOG_BYTES,
            "an accepted delivery takes {bytes:.0} bytes of log, and may take {LOG_BYTES}"
        );
    }
    Ok(())
}

/// The breaker's record for an invocation; the claim, the payload and the mark for an event.
fn deliver_keeps(row: &Row) -> anyhow::Result<()> {
    let figures = &row.figures;
    ensure!(
        figures.peak_mb <= DELIVER_MB,
        "deliver took {} MB with payloads of {} bytes: more than {DELIVER_MB}",
        figures.peak_mb,
        row.bytes
    );
    let twice = usize::from(row.bytes > HELD_BYTES);
    let expected = 1 + row.events * (3 + twice);
    ensure!(
        figures.requests == expected as f64,
        "deliver made {} requests to AWS in an invocation with {} events of {} bytes, and not {expected}",
        figures.requests,
        row.events,
        row.bytes
    );
    Ok(())
}

/// Of one accepted delivery of 1 KB. `None`: not all of it was measured.
pub(crate) fn log_bytes(rows: &[Row]) -> Option<f64> {
    let ingest = door(rows, name::INGEST, 1_000)?;
    let authorizer = of(rows, Suite::Authorizer, name::AUTHORIZER)?;
    Some(ingest.log_bytes + authorizer.figures.log_bytes)
}

/// A goal of issue 18, as it is measured here. It names no absolute time where a ratio can.
struct Goal {
    what: String,
    measured: f64,
    at_most: bool,
    limit: f64,
}

/// The goals of which all is measured, and whether they are met.
pub(crate) fn goals(rows: &[Row]) -> Table {
    let mut table = Table::new(&["goal", "limit", "measured", "met"]);
    for goal in all_goals(rows) {
        let met = if goal.at_most {
            goal.measured <= goal.limit
        } else {
            goal.measured >= goal.limit
        };
        let word = if goal.at_most { "at most" } else { "at least" };
        table.row([
            goal.what.clone(),
            format!("{word} {}", goal.limit),
            figure(goal.measured),
            if met { "yes" } else { "no" }.to_owned(),
        ]);
    }
    table
}

fn all_goals(rows: &[Row]) -> Vec<Goal> {
    let mut all = Vec::new();
    let mut goal = |what: &str, at_most: bool, limit: f64, measured: Option<f64>| {
        all.extend(measured.map(|measured| Goal {
            what: what.to_owned(),
            measured,
            at_most,
            limit,
        }));
    };
    let cpu = |program: &str, bytes| Some(door(rows, program, bytes)?.cpu_ms);
    let over = |one: Option<f64>, other: Option<f64>| Some(one? / other?);
    let start = |program: &str| Some(of(rows, Suite::Start, program)?.figures);
    for (size, bytes, limit) in [
        ("4.4 MB", 4_400_000, 1.6),
        ("1 MB", 1_000_000, 1.6),
        ("100 KB", 100_000, 3.5),
    ] {
        let measured = over(cpu(name::INGEST, bytes), cpu(name::FLOOR, bytes));
        goal(
            &format!("`ingest`, CPU of {size}, in times of the floor"),
            true,
            limit,
            measured,
        );
    }
    // Half of the 0.72 of 2026-11-27: the naive ingest says how fast the machine is.
    let small = over(cpu(name::INGEST, 1_000), cpu(name::NAIVE, 1_000));
    goal(
        "`ingest`, CPU of 1 KB, in times of the naive one",
        true,
        0.36,
        small,
    );
    let peak = door(rows, name::INGEST, 4_400_000).map(|figures| figures.peak_mb);
    goal("`ingest`, peak memory at 4.4 MB, MB", true, 20.0, peak);
    let first = start(name::INGEST).map(|figures| figures.first_cpu_ms);
    goal(
        "`ingest`, CPU of the first request with TLS, ms",
        true,
        6.0,
        first,
    );
    for peer in peers(rows) {
        for (size, bytes, limit) in [("1 KB", 1_000, 25.0), ("4.4 MB", 4_400_000, 12.0)] {
            let measured = over(cpu(peer, bytes), cpu(name::INGEST, bytes));
            goal(
                &format!("{peer}, CPU of {size}, in times of `ingest`"),
                false,
                limit,
                measured,
            );
        }
        let init = |program| start(program).map(|figures| figures.init_ms);
        let measured = over(init(peer), init(name::INGEST));
        goal(
            &format!("{peer}, init, in times of `ingest`"),
            false,
            60.0,
            measured,
        );
    }
    let authorizer = of(rows, Suite::Authorizer, name::AUTHORIZER).map(|row| row.figures);
    let cpu = authorizer.map(|figures| figures.cpu_ms);
    goal("`authorizer`, CPU of a request, ms", true, 0.05, cpu);
    let idle = authorizer.map(|figures| figures.idle_mb);
    goal("`authorizer`, idle memory, MB", true, 8.0, idle);
    let tens = |row: &&Row| row.suite == Suite::Processor && (row.bytes, row.events) == (1_000, 10);
    let event = rows.iter().find(tens).map(|row| row.figures.cpu_ms);
    goal(
        "SDK, CPU of an event of 1 KB in batches of 10, ms",
        true,
        0.35,
        event,
    );
    goal(
        "log of an accepted delivery, bytes",
        true,
        LOG_BYTES,
        log_bytes(rows),
    );
    all
}

/// Peers in the order in which they were given.
pub(crate) fn peers(rows: &[Row]) -> Vec<&str> {
    const OURS: [&str; 3] = [name::INGEST, name::FLOOR, name::NAIVE];
    let mut peers = Vec::new();
    for row in rows.iter().filter(|row| row.suite == Suite::Door) {
        let peer = row.program.as_str();
        if !OURS.contains(&peer) && !peers.contains(&peer) {
            peers.push(peer);
        }
    }
    peers
}

pub(crate) fn of<'a>(rows: &'a [Row], suite: Suite, program: &str) -> Option<&'a Row> {
    rows.iter()
        .find(|row| row.suite == suite && row.program == program)
}

/// Of JSON.
fn door(rows: &[Row], program: &str, bytes: usize) -> Option<Figures> {
    let found = rows.iter().find(|row| {
        row.suite == Suite::Door
            && row.program == program
            && row.bytes == bytes
            && row.content == Content::Json
    });
    found.map(|row| row.figures)
}

#[cfg(test)]
#[path = "bounds_tests.rs"]
mod tests;
