//! The gateway emulator as a process.

use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::Parser;
use gateway_emulator::{Options, run};
use tokio::signal::unix::{SignalKind, signal};

/// What API Gateway does for integrations with S3, in front of the local cloud.
#[derive(Parser)]
#[command(version)]
struct Args {
    /// Address to listen at; port 0 takes a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// File that gets the address once the server listens.
    #[arg(long)]
    ready_file: Option<PathBuf>,
    /// URL of the local cloud.
    #[arg(long)]
    cloud: String,
    /// Region of the APIs.
    #[arg(long, default_value = "us-east-1")]
    region: String,
    /// Account of the APIs.
    #[arg(long, default_value = "000000000000")]
    account: String,
    /// Least level that is logged: error, warn, info, debug or trace.
    #[arg(long, default_value_t = tracing::Level::INFO)]
    log_level: tracing::Level,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Args {
        listen,
        ready_file,
        cloud,
        region,
        account,
        log_level,
    } = Args::parse();
    let filter = tracing_subscriber::filter::Targets::new()
        .with_default(tracing::Level::WARN)
        .with_target("gateway_emulator", log_level);
    use tracing_subscriber::layer::SubscriberExt as _;
    use tracing_subscriber::util::SubscriberInitExt as _;
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    tracing_subscriber::registry()
        .with(lines)
        .with(filter)
        .init();
    let mut terminate = signal(SignalKind::terminate()).context("cannot listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("cannot listen for SIGINT")?;
    let stop = async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    };
    #[expect(
        clippy::disallowed_methods,
        reason = "the edge of the process: the clock that all else is given"
    )]
    let now = jiff::Timestamp::now;
    run(
        Options {
            listen,
            ready_file,
            cloud,
            region,
            account,
        },
        now,
        stop,
    )
    .await
}
