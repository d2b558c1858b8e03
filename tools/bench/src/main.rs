//! Measures the shipped bootstraps through the Lambda Runtime API.
//!
//! The release `ingest` runs as a child process, as Lambda runs it: it asks a Runtime API served
//! here for events, and finds S3, DynamoDB and Secrets Manager behind `AWS_ENDPOINT_URL`, which
//! are stubs served here. A second, naive ingest is driven in the same way, so that the figures
//! are ratios on one machine and not numbers of one machine.

mod child;
mod cpu;
mod deliver;
mod delivery;
mod direct;
mod measure;
mod report;
mod server;
mod tls;

use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;

use crate::delivery::Scheme;

/// Measures ingest through the Lambda Runtime API, compared with a naive one and with the bare
/// crypto.
///
/// Build what is measured first: cargo build --release -p ingest -p admit -p deliver
#[derive(Debug, Parser)]
struct Args {
    /// The bootstrap to measure.
    #[arg(long, default_value = "target/release/ingest")]
    ingest: PathBuf,
    /// The naive one. Default: next to this program.
    #[arg(long)]
    naive: Option<PathBuf>,
    /// The bootstrap of the direct lane.
    #[arg(long, default_value = "target/release/admit")]
    admit: PathBuf,
    /// The one that only reads its object. Default: next to this program.
    #[arg(long)]
    reader: Option<PathBuf>,
    /// Payload sizes of the direct lane in bytes, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000_000, 10_000_000])]
    direct_sizes: Vec<usize>,
    /// The bootstrap that sends events to HTTP destinations.
    #[arg(long, default_value = "target/release/deliver")]
    deliver: PathBuf,
    /// The one that only reads its object and posts it. Default: next to this program.
    #[arg(long)]
    forwarder: Option<PathBuf>,
    /// Payload sizes of `deliver` in bytes, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = [1_000, 100_000, 1_000_000, 2_000_000, 10_000_000])]
    deliver_sizes: Vec<usize>,
    /// Measures `deliver` alone.
    #[arg(long)]
    only_deliver: bool,
    /// How the deliveries are signed; may be repeated.
    #[arg(long, value_enum, default_values = ["stripe"])]
    scheme: Vec<Scheme>,
    /// Payload sizes in bytes, separated by commas.
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
    let beside = |path: Option<PathBuf>, name| match path {
        Some(path) => Ok(path),
        None => std::env::current_exe().map(|own| own.with_file_name(name)),
    };
    let naive = beside(args.naive, "naive-ingest")?;
    let reader = beside(args.reader, "object-reader")?;
    let forwarder = beside(args.forwarder, "object-forwarder")?;
    // One worker leaves the other processor to the child.
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()?;
    let (runs, invocations) = (args.runs.max(1), args.invocations.max(1));
    let plan = deliver::Plan {
        deliver: args.deliver,
        forwarder,
        sizes: args.deliver_sizes,
        runs,
        invocations,
    };
    let delivered = runtime.block_on(deliver::all(&plan))?;
    println!("{}", report::deliver(&delivered));
    println!("{}\n", report::DELIVER_NOTES);
    deliver::within_bounds(&delivered)?;
    if args.only_deliver {
        return Ok(());
    }
    let (rows, direct) = runtime.block_on(async {
        let plan = measure::Plan {
            programs: [("ours", args.ingest), ("naive", naive)],
            schemes: args.scheme,
            sizes: args.sizes,
            runs,
            invocations,
        };
        let rows = measure::all(&plan).await?;
        let plan = direct::Plan {
            admit: args.admit,
            reader,
            sizes: args.direct_sizes,
            runs: plan.runs,
            invocations: plan.invocations,
        };
        anyhow::Ok((rows, direct::all(&plan).await?))
    })?;
    println!("{}", report::table(&rows));
    println!("{}\n", report::NOTES);
    println!("{}", report::direct(&direct));
    println!("{}", report::DIRECT_NOTES);
    if let Some(path) = args.json {
        std::fs::write(&path, report::json(&rows, &direct, &delivered)?)
            .context("the JSON file cannot be written")?;
    }
    Ok(())
}
