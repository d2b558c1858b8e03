//! Measures the shipped bootstraps through the Lambda Runtime API.
//!
//! The release `ingest` runs as a child process, as Lambda runs it: it asks a Runtime API served
//! here for events, and finds S3, DynamoDB and Secrets Manager behind `AWS_ENDPOINT_URL`, which
//! are stubs served here. A second, naive ingest is driven in the same way, so that the figures
//! are ratios on one machine and not numbers of one machine.

mod child;
mod cpu;
mod delivery;
mod measure;
mod report;
mod server;

use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;

use crate::delivery::Scheme;

/// Measures ingest through the Lambda Runtime API, beside a naive one and beside the bare crypto.
///
/// Build what is measured first: cargo build --release -p ingest
#[derive(Debug, Parser)]
struct Args {
    /// The bootstrap to measure.
    #[arg(long, default_value = "target/release/ingest")]
    ingest: PathBuf,
    /// The naive one. Default: beside this program.
    #[arg(long)]
    naive: Option<PathBuf>,
    /// How the deliveries are signed; may be repeated.
    #[arg(long, value_enum, default_values = ["stripe"])]
    scheme: Vec<Scheme>,
    /// Payload sizes in bytes, with commas between.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000, 4_400_000])]
    sizes: Vec<usize>,
    /// Fresh processes for each size; the medians over them are reported.
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Invocations measured in each process, after a few that are not.
    #[arg(long, default_value_t = 40)]
    invocations: usize,
    /// Also writes the figures here, as JSON.
    #[arg(long)]
    json: Option<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    let args = Args::parse();
    let naive = match args.naive {
        Some(path) => path,
        None => std::env::current_exe()?.with_file_name("naive-ingest"),
    };
    // One worker leaves the other processor to the child.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let rows = runtime.block_on(async {
        let plan = measure::Plan {
            programs: [("ours", args.ingest), ("naive", naive)],
            schemes: args.scheme,
            sizes: args.sizes,
            runs: args.runs.max(1),
            invocations: args.invocations.max(1),
        };
        measure::all(&plan).await
    })?;
    println!("{}", report::table(&rows));
    println!("{}", report::NOTES);
    if let Some(path) = args.json {
        std::fs::write(&path, report::json(&rows)?).context("the JSON file cannot be written")?;
    }
    Ok(())
}
