use std::time::Duration;

use anyhow::Result;
use operator::events::Tail;

use super::ls;
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    selection::Selection,
    stack::{self, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck events tail
  coatcheck events tail --endpoint billing --since 10m --json

Ctrl-C ends it. Every two seconds it asks the 16 shards of the index once.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Only those of this endpoint.
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// Only those of this type, or of types that begin so: `invoice.*`; may be repeated.
    #[arg(long = "type", value_name = "TYPE")]
    kinds: Vec<String>,
    /// Begins with those that came since; without it with those that come now.
    #[arg(long, value_name = "TIME", default_value = "5s")]
    since: String,
    /// Answers with JSON, one event a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

const PAUSE: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        tokio::select! {
            followed = follow(args, stack, console) => followed,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Good),
        }
    })
}

async fn follow(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let selection = Selection {
        endpoint: args.endpoint.clone(),
        kinds: args.kinds.clone(),
        since: Some(args.since.clone()),
        until: None,
    };
    let mut tail = Tail::new(selection.query(stack)?);
    ls::head(console)?;
    loop {
        tail.look(stack, |row| ls::tell(console, row)).await?;
        tokio::time::sleep(PAUSE).await;
    }
}
