//! What a function's memory setting costs, from its measured processor time.
//!
//! Lambda gives processor time in proportion to memory, one vCPU at 1,769 MB
//! (<https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>), and charges each
//! millisecond by memory (<https://aws.amazon.com/lambda/pricing/>). So work takes longer and costs the
//! same with less memory, while waiting for S3 and DynamoDB takes as long and costs less. How long they
//! take is an assumption here, until someone measures it on AWS.

use anyhow::Context;

use crate::bounds;
use crate::measure::Figures;
use crate::stats::{figure, size};
use crate::suites::{Row, Suite, name};
use crate::table::Table;

/// One vCPU.
const VCPU_MB: f64 = 1_769.0;

/// List price of arm64 in us-east-1, dollars for a GB-second, and for a request.
const GB_SECOND: f64 = 0.000_013_333_4;
const REQUEST: f64 = 0.000_000_2;

/// Settings that are compared, in MB.
const SETTINGS: [f64; 6] = [128.0, 192.0, 256.0, 512.0, 1_024.0, 1_769.0];

/// Assumed, in ms: a call of S3, and one of DynamoDB.
const S3: f64 = 20.0;
const DYNAMODB: f64 = 5.0;

/// A kind of invocation.
struct Call<'a> {
    row: &'a Row,
    what: String,
    wait_ms: f64,
}

/// Milliseconds that are charged for an invocation with this memory.
fn billed_ms(cpu_ms: f64, wait_ms: f64, memory_mb: f64) -> f64 {
    let share = (memory_mb / VCPU_MB).min(1.0);
    (wait_ms + cpu_ms / share).ceil()
}

/// Dollars for a million of them.
fn dollars(billed_ms: f64, memory_mb: f64) -> f64 {
    1e6 * (REQUEST + billed_ms / 1e3 * memory_mb / 1_024.0 * GB_SECOND)
}

/// Dollars for a million invocations, and the milliseconds of one, by memory setting.
pub(crate) fn tables(rows: &[Row]) -> anyhow::Result<[Table; 2]> {
    let mut header = vec!["invocation".to_owned()];
    header.extend(SETTINGS.map(|setting| format!("{setting} MB")));
    header.push("peak, MB".to_owned());
    let header: Vec<&str> = header.iter().map(String::as_str).collect();
    let (mut cost, mut time) = (Table::new(&header), Table::new(&header));
    for call in calls(rows) {
        let figures = &call.row.figures;
        let cpu = figures.cpu_ms * call.row.events as f64;
        let line = |value: &dyn Fn(f64) -> f64| {
            let mut cells = vec![call.what.clone()];
            cells.extend(SETTINGS.map(|setting| figure(value(setting))));
            cells.push(figure(figures.peak_mb));
            cells
        };
        time.row(line(&|setting| billed_ms(cpu, call.wait_ms, setting)));
        cost.row(line(&|setting| {
            dollars(billed_ms(cpu, call.wait_ms, setting), setting)
        }));
    }
    let first = start(rows).context("no start was measured")?;
    let mut cells = vec!["`ingest`, the first request after a start".to_owned()];
    let wait = S3 + 2.0 * DYNAMODB;
    cells.extend(SETTINGS.map(|setting| figure(billed_ms(first.first_cpu_ms, wait, setting))));
    cells.push(figure(first.peak_mb));
    time.row(cells);
    Ok([cost, time])
}

fn calls(rows: &[Row]) -> Vec<Call<'_>> {
    let wait = |row: &Row| {
        Some(match row.suite {
            Suite::Door if row.program == name::INGEST => S3 + DYNAMODB,
            // It knows its endpoint and its key for a minute and more.
            Suite::Authorizer => 0.0,
            Suite::Admit if row.program == name::ADMIT => S3 + 2.0 * DYNAMODB,
            // Eight events at once.
            Suite::Processor => row.events.div_ceil(8) as f64 * (S3 + 2.0 * DYNAMODB),
            _ => return None,
        })
    };
    let named = |row: &Row| match row.suite {
        Suite::Authorizer => format!("`{}`", row.program),
        Suite::Processor => format!(
            "{}, {} events of {}",
            row.program,
            row.events,
            size(row.bytes)
        ),
        Suite::Door => format!(
            "`{}`, {} {}",
            row.program,
            row.content.name(),
            size(row.bytes)
        ),
        _ => format!("`{}`, {}", row.program, size(row.bytes)),
    };
    rows.iter()
        .filter_map(|row| {
            Some(Call {
                row,
                what: named(row),
                wait_ms: wait(row)?,
            })
        })
        .collect()
}

fn start(rows: &[Row]) -> Option<Figures> {
    bounds::of(rows, Suite::Start, name::INGEST).map(|row| row.figures)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn less_memory_makes_work_longer_and_waiting_cheaper() {
        // One vCPU at 1,769 MB, and no more above it, for one thread.
        assert_eq!(billed_ms(10.0, 25.0, 1_769.0), 35.0);
        assert_eq!(billed_ms(10.0, 25.0, 3_538.0), 35.0);
        assert_eq!(billed_ms(10.0, 25.0, 884.5), 45.0);
        // A begun millisecond is charged whole.
        assert_eq!(billed_ms(0.1, 0.0, 1_769.0), 1.0);
        // The figures of AWS's list: 1 GB for 100 ms, a million times, and the requests.
        assert!((dollars(100.0, 1_024.0) - 1.533_34).abs() < 1e-9);
        let waiting = |memory| dollars(billed_ms(0.0, 25.0, memory), memory);
        assert!(waiting(256.0) < waiting(1_024.0));
        let working = |memory| dollars(billed_ms(1_000.0, 0.0, memory), memory);
        assert!((working(256.0) / working(1_024.0) - 1.0).abs() < 1e-3);
    }
}
