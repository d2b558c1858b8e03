//! The Pipes emulator as a process.

use anyhow::Result;
use clap::Parser;
use emulator::{Args, Clock, start};

/// EventBridge Pipes for the local cloud.
#[derive(Parser)]
#[command(version)]
struct Flags {
    #[command(flatten)]
    args: Args,
}

#[tokio::main]
async fn main() -> Result<()> {
    let args = Flags::parse().args;
    let stop = start("pipes_emulator", args.log_level)?;
    pipes_emulator::run(&args, Clock::system(), stop).await
}
