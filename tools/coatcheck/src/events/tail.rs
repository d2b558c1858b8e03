use std::time::Duration;

use anyhow::Result;
use operator::events::Tail;

use super::rows;
use crate::{
    host::Host,
    output::{Exit, Report},
    selection::Which,
    stack::{self, Stack},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck events tail
  coatcheck events tail --endpoint billing --since 10m --json

Press Ctrl-C to end. Every two seconds the command reads the 16 shards of the index once.")]
pub(crate) struct Args {
    #[command(flatten)]
    which: Which,
    /// Start with events received since this time.
    #[arg(long, value_name = "TIME", default_value = "5s")]
    since: String,
    #[command(flatten)]
    common: stack::CommandArgs,
}

const PAUSE: Duration = Duration::from_secs(2);

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        tokio::select! {
            followed = follow(args, stack, terminal) => followed,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Good),
        }
    })
}

async fn follow(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let mut tail = Tail::new(args.which.query(stack, Some(&args.since), None)?);
    rows::headings(terminal)?;
    loop {
        tail.read_new(stack, |event| rows::row(terminal, event))
            .await?;
        tokio::time::sleep(PAUSE).await;
    }
}
