//! The fault proxy as a process: between the functions of a local cloud and its stores.

use std::sync::Arc;

use anyhow::Result;
use chaos::Proxy;
use clap::Parser;
use emulator::{Args, listen, start};

/// Passes calls on to the local cloud, with the faults that it is told to add.
#[derive(Parser)]
#[command(version)]
struct Flags {
    #[command(flatten)]
    args: Args,
}

#[tokio::main]
async fn main() -> Result<()> {
    let Flags { args } = Flags::parse();
    let stop = start("chaos", args.log_level)?;
    let listener = listen(&args).await?;
    let proxy = Arc::new(Proxy::new(&args.cloud));
    tokio::select! {
        () = proxy.serve(listener) => {}
        () = stop => {}
    }
    Ok(())
}
