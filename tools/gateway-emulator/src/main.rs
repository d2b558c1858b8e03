//! The gateway emulator as a process.

use anyhow::Result;
use clap::Parser;
use emulator::{Args, Clock, start};
use gateway_emulator::TlsArgs;

/// What API Gateway does for integrations with S3, in front of the local cloud.
#[derive(Parser)]
#[command(version)]
struct Flags {
    #[command(flatten)]
    args: Args,
    #[command(flatten)]
    tls: TlsArgs,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Flags { args, tls } = Flags::parse();
    let stop = start("gateway_emulator", args.log_level)?;
    gateway_emulator::run(&args, &tls, Clock::system(), stop).await
}
