//! `coatcheck logs`: the log of a function, without the AWS CLI.

use std::time::Duration;

use anyhow::Result;
use domain::format_time;
use operator::logs::{Log, LogLine};
use serde_json::{Value, json};

use crate::{
    host::Host,
    output::{Exit, Report},
    shown::printable,
    stack::{self, Stack},
    terminal::Terminal,
    when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck logs ingest
  coatcheck logs ingest --since 2h --errors
  coatcheck logs admit --since 1d --filter '{ $.DeliveriesRejected > 0 }'
  coatcheck logs /aws/vendedlogs/pipes/coatcheck-router --follow

Press Ctrl-C to end --follow. A name that begins with / is the name of a log group.")]
pub(crate) struct Args {
    /// A function of the stack, such as ingest, or a log group.
    #[arg(value_name = "FUNCTION")]
    function: String,
    /// Only lines since this time: 15m, 2h or 1d ago, or a time such as 2026-11-21T20:00:00Z.
    #[arg(long, value_name = "TIME", default_value = "15m")]
    since: String,
    /// Wait for new lines and print them.
    #[arg(short, long)]
    follow: bool,
    /// Only errors: lines of level ERROR, panics, timeouts, and failures of the runtime.
    #[arg(long)]
    errors: bool,
    /// Only lines that match this filter pattern of CloudWatch Logs.
    #[arg(long, value_name = "PATTERN", conflicts_with = "errors")]
    filter: Option<String>,
    #[command(flatten)]
    common: stack::CommandArgs,
}

const PAUSE: Duration = Duration::from_secs(2);

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        tokio::select! {
            shown = tell(args, stack, terminal) => shown,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Good),
        }
    })
}

async fn tell(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let since = when::moment(&args.since, (stack.now)())?;
    let mut log = Log::of(stack, &args.function, since)?;
    loop {
        let say = |line: &LogLine| say(terminal, line);
        log.read_new(stack, args.filter.as_deref(), args.errors, say)
            .await?;
        if !args.follow {
            break;
        }
        log.advance(stack);
        tokio::time::sleep(PAUSE).await;
    }
    if log.is_empty() && !terminal.json() {
        terminal.note(format!(
            "no such lines in {} since {}",
            log.group,
            format_time(log.since)
        ));
    }
    Ok(Exit::Good)
}

fn say(terminal: &Terminal, line: &LogLine) -> Result<()> {
    let at = format_time(line.at);
    if terminal.json() {
        let parsed = serde_json::from_str::<Value>(&line.text);
        let text = parsed.unwrap_or_else(|_| Value::from(line.text.clone()));
        return terminal.line(&json!({ "at": at, "line": text }));
    }
    // A line may contain input from strangers, which must not steer the terminal.
    terminal.say(format_args!("{at} {}", printable(line.text.trim_end())))
}
