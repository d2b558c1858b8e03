//! Measures `coatcheck events ls` over many events: its own processor time and its memory.
//!
//! The command runs as a child against a table that is served here, so that the command is
//! measured and not DynamoDB: the index holds as many events as requested, in order, and gives
//! them page by page as DynamoDB does.

mod index;
mod served;

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use clap::Parser;
use comfy_table::Table;
use nix::sys::resource::{UsageWho, getrusage};
use tokio::process::Command;

use crate::index::Index;

/// Measures `coatcheck events ls`.
///
/// Build it first: cargo build --release -p coatcheck
#[derive(Debug, Parser)]
struct Args {
    /// The command line. Default: next to this program.
    #[arg(long)]
    coatcheck: Option<PathBuf>,
    /// How many events there are, at the larger size.
    #[arg(long, default_value_t = 100_000)]
    events: u64,
    /// Runs of each; the medians are reported.
    #[arg(long, default_value_t = 5)]
    runs: usize,
}

/// One query.
struct Case {
    name: String,
    events: u64,
    args: &'static [&'static str],
    lines: u64,
}

/// The cost of a run for the command itself.
#[derive(Clone, Copy)]
struct Cost {
    wall: Duration,
    cpu: Duration,
    queries: u64,
    /// Of the largest child so far.
    peak_bytes: u64,
}

#[tokio::main(flavor = "multi_thread", worker_threads = 1)]
async fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let program = match args.coatcheck {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("coatcheck"),
    };
    // The memory of children is reported as that of the largest so far, so the small ones come
    // first.
    let cases = [1_000, args.events].into_iter().flat_map(|events| {
        let first = Case {
            name: format!("first page of {events}"),
            events,
            args: &["-n", "50"],
            lines: 50,
        };
        let customer = Case {
            name: format!("first page of a customer, of {events}"),
            events,
            args: &["-n", "10", "--where", "customer=cus_7"],
            lines: 10,
        };
        let all = Case {
            name: format!("all of {events}"),
            events,
            args: &["--all"],
            lines: events,
        };
        [customer, first, all]
    });
    let mut cases: Vec<Case> = cases.collect();
    cases.sort_by_key(|case| case.lines);
    let mut table = Table::new();
    table.load_style(comfy_table::presets::NOTHING);
    table.set_header([
        "events ls",
        "queries",
        "cpu ms",
        "wall ms",
        "largest so far MB",
    ]);
    for case in &cases {
        let cost = median(&program, case, args.runs.max(1)).await?;
        table.add_row([
            case.name.clone(),
            cost.queries.to_string(),
            cost.cpu.as_millis().to_string(),
            cost.wall.as_millis().to_string(),
            format!("{:.1}", cost.peak_bytes as f64 / 1e6),
        ]);
    }
    println!("{table}");
    println!("cpu: user and system time of the command. wall: with the served table's own time.");
    Ok(())
}

async fn median(program: &Path, case: &Case, runs: usize) -> anyhow::Result<Cost> {
    let mut costs = Vec::with_capacity(runs);
    for _ in 0..runs {
        costs.push(run(program, case).await?);
    }
    costs.sort_by_key(|cost| cost.cpu);
    costs.get(runs / 2).copied().context("no run")
}

async fn run(program: &Path, case: &Case) -> anyhow::Result<Cost> {
    let (address, served, server) = served::serve(Index::of(case.events)).await?;
    let before = used()?;
    let started = Instant::now();
    let output = Command::new(program)
        .args(["events", "ls", "--json", "--since", "25h"])
        .args(case.args)
        .env_clear()
        .env("AWS_ACCESS_KEY_ID", "bench")
        .env("AWS_SECRET_ACCESS_KEY", "bench")
        .env("AWS_REGION", "eu-central-1")
        .env("AWS_ENDPOINT_URL", format!("http://{address}"))
        .stdout(Stdio::piped())
        .stderr(Stdio::inherit())
        .spawn()
        .with_context(|| format!("{} cannot be run", program.display()))?
        // Not `output`, which would keep what the command says of an error.
        .wait_with_output()
        .await?;
    let wall = started.elapsed();
    let cost = used()?;
    server.abort();
    let lines = output.stdout.iter().filter(|byte| **byte == b'\n').count();
    ensure!(
        output.status.success() && lines as u64 == case.lines,
        "{}: {lines} lines, {}",
        case.name,
        output.status
    );
    Ok(Cost {
        wall,
        queries: served.queries(),
        cpu: cost.cpu - before.cpu,
        peak_bytes: cost.peak_bytes,
    })
}

/// Of all children that have ended.
fn used() -> anyhow::Result<Cost> {
    let usage = getrusage(UsageWho::RUSAGE_CHILDREN)?;
    let time = |time: nix::sys::time::TimeVal| -> anyhow::Result<Duration> {
        let micros = u64::try_from(time.tv_sec())? * 1_000_000 + u64::try_from(time.tv_usec())?;
        Ok(Duration::from_micros(micros))
    };
    Ok(Cost {
        wall: Duration::ZERO,
        queries: 0,
        cpu: time(usage.user_time())? + time(usage.system_time())?,
        peak_bytes: u64::try_from(usage.max_rss())? * 1024,
    })
}
