//! The command line.

use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, Subcommand};

use crate::delivery::Front;
use crate::measure::Plan;
use crate::program::Program;
use crate::suites::{Settings, Suite};

/// Of deliveries, in bytes. The last is near the most that `ingest` takes.
pub(crate) const SIZES: [usize; 5] = [1_000, 10_000, 100_000, 1_000_000, 4_400_000];

/// Measures the functions through the Lambda Runtime API, beside a floor, a naive ingest and any peer.
///
/// Build what is measured first: scripts/package
#[derive(Debug, Parser)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) what: What,
}

#[derive(Debug, Subcommand)]
pub(crate) enum What {
    /// Processor time, latency, memory and size, as ratios.
    Run(Run),
    /// What each memory setting of Lambda costs, from the measured processor time.
    Memory(Measured),
    /// Compares the instructions of a warm invocation, as callgrind counts them, with the committed baseline.
    Check(Check),
}

#[derive(Debug, clap::Args)]
pub(crate) struct Run {
    #[command(flatten)]
    pub(crate) measured: Measured,
    /// Another bootstrap, in any language: NAME=COMMAND. It gets events of a REST API, stores the
    /// payload in S3 and answers 2xx. May be repeated.
    #[arg(long)]
    peer: Vec<String>,
    /// The same, for one that is written for an HTTP API (format 2.0).
    #[arg(long)]
    http_peer: Vec<String>,
    /// What peers find in their environment besides what our functions find: NAME=VALUE. May be
    /// repeated.
    #[arg(long)]
    peer_env: Vec<String>,
    /// Measures warm invocations over TLS, too. Starts always are, and `deliver` is in both ways.
    #[arg(long)]
    pub(crate) tls: bool,
    /// Only these parts, separated by commas.
    #[arg(long, value_enum, value_delimiter = ',', default_values_t = Suite::ALL)]
    pub(crate) only: Vec<Suite>,
    /// Sizes of deliveries in bytes, separated by commas.
    #[arg(long, value_delimiter = ',', default_values_t = SIZES)]
    pub(crate) sizes: Vec<usize>,
    /// Also writes the figures here, as JSON.
    #[arg(long)]
    pub(crate) json: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Measured {
    /// The folder of the functions' bootstraps.
    #[arg(long, default_value = "target/release")]
    pub(crate) functions: PathBuf,
    /// The folder of their zips.
    #[arg(long, default_value = "target/package")]
    packages: PathBuf,
    /// In less than three minutes, less precisely.
    #[arg(long)]
    quick: bool,
    /// Fresh processes of each program; the medians over them are reported. [default: 5; quick: 3]
    #[arg(long)]
    rounds: Option<usize>,
    /// The most invocations that are measured in each process. [default: 200; quick: 40]
    #[arg(long)]
    invocations: Option<usize>,
    /// Writes the tables into this page, between its markers, and the plot beside it.
    #[arg(long)]
    pub(crate) write: Option<PathBuf>,
}

#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The folder of the functions' bootstraps.
    #[arg(long, default_value = "target/release")]
    pub(crate) functions: PathBuf,
    /// The counts to compare with.
    #[arg(long, default_value = "tools/bench/baseline.json")]
    pub(crate) baseline: PathBuf,
    /// Only the cases with this in their names.
    #[arg(long, conflicts_with = "record")]
    pub(crate) only: Option<String>,
    /// Writes the baseline instead.
    #[arg(long)]
    pub(crate) record: bool,
}

impl Run {
    /// Those of other people.
    pub(crate) fn peers(&self) -> anyhow::Result<Vec<Program>> {
        let fronts = [(Front::Rest, &self.peer), (Front::Http, &self.http_peer)];
        fronts
            .into_iter()
            .flat_map(|(front, peers)| peers.iter().map(move |peer| (front, peer)))
            .map(|(front, peer)| Program::peer(peer, front, &self.peer_env))
            .collect()
    }
}

impl Measured {
    pub(crate) fn plan(&self) -> Plan {
        let (rounds, invocations, seconds) = if self.quick {
            (3, 40, 0.3)
        } else {
            (5, 200, 1.0)
        };
        Plan {
            rounds: self.rounds.unwrap_or(rounds),
            invocations: self.invocations.unwrap_or(invocations),
            time: Duration::from_secs_f64(seconds),
        }
    }

    pub(crate) fn settings(&self, tls: bool, suites: &[Suite], sizes: &[usize]) -> Settings {
        Settings {
            plan: self.plan(),
            tls,
            suites: suites.to_vec(),
            sizes: sizes.to_vec(),
            packages: self.packages.clone(),
        }
    }
}
