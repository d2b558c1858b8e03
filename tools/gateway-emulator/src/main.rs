//! The gateway emulator as a process.

use anyhow::Result;
use clap::Parser;
use emulator::{Args, Clock, start};

/// What API Gateway does for integrations with S3, in front of the local cloud.
#[derive(Parser)]
#[command(version)]
struct Flags {
    #[command(flatten)]
    args: Args,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Flags::parse().args;
    let stop = start("gateway_emulator", args.log_level)?;
    gateway_emulator::run(&args, Clock::system(), stop).await
}
