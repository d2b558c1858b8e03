//! `coatcheck logs`: what a function has logged, without the AWS CLI.

use std::{collections::HashMap, time::Duration};

use anyhow::Result;
use aws::operator::{LogLine, Logs};
use domain::{SignedDuration, Timestamp, format_time};
use serde_json::{Value, json};

use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    shown::printable,
    stack::{self, Explained, Stack},
    when,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck logs ingest
  coatcheck logs ingest --since 2h --errors
  coatcheck logs admit --since 1d --filter '{{ $.DeliveriesRejected > 0 }}'
  coatcheck logs /aws/vendedlogs/pipes/coatcheck-router --follow

Ctrl-C ends --follow. A name that begins with / is that of a log group of its own.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// A function of the stack, for instance ingest, or a log group.
    #[arg(value_name = "FUNCTION")]
    function: String,
    /// Only lines since then: 15m, 2h, 1d ago, or a moment such as 2026-11-21T20:00:00Z.
    #[arg(long, value_name = "TIME", default_value = "15m")]
    since: String,
    /// Goes on with the lines that come.
    #[arg(short, long)]
    follow: bool,
    /// Only errors: lines of the level ERROR, panics, timeouts, and failures of the runtime.
    #[arg(long)]
    errors: bool,
    /// Only lines that match a filter pattern of CloudWatch Logs.
    #[arg(long, value_name = "PATTERN", conflicts_with = "errors")]
    filter: Option<String>,
    /// Answers with JSON, one line a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

const PAUSE: Duration = Duration::from_secs(2);

/// A line may be there to read later than one that was written after it.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// What only a failed function writes. Each stands in a line that is no JSON.
const FAILED: [&str; 3] = ["panicked", "Task timed out", "Runtime."];

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        tokio::select! {
            told = tell(args, stack, console) => told,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Good),
        }
    })
}

async fn tell(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let group = group(stack, &args.function)?;
    let logs = Logs::new(&stack.sdk);
    let mut since = when::moment(&args.since, (stack.now)())?;
    let mut told: HashMap<String, Timestamp> = HashMap::new();
    loop {
        let lines = logs
            .since(&group, since, args.filter.as_deref())
            .await
            .explained()?;
        for line in lines {
            if args.errors && !is_error(&line.text) {
                continue;
            }
            if told.insert(line.id.clone(), line.at).is_none() {
                say(console, &line)?;
            }
        }
        if !args.follow {
            break;
        }
        let back = (stack.now)().saturating_sub(LOOK_BACK)?;
        since = since.max(back);
        told.retain(|_, at| *at >= since);
        tokio::time::sleep(PAUSE).await;
    }
    if told.is_empty() && !console.json() {
        console.note(format!(
            "no such lines in {group} since {}",
            format_time(since)
        ));
    }
    Ok(Exit::Good)
}

/// The log group of a function: by its short name, by its whole name, or as it is.
fn group(stack: &Stack, name: &str) -> Result<String> {
    if name.starts_with('/') {
        return Ok(name.to_owned());
    }
    let functions = &stack.made_of.functions;
    let found = functions.get(name).or_else(|| {
        let whole = format!("{}-{name}", stack.made_of.stack);
        let mut all = functions.values();
        all.find(|function| function.name == name || function.name == whole)
    });
    match found {
        Some(function) => Ok(function.log_group.clone()),
        None => Err(stack::unknown("function", name, functions.keys()).into()),
    }
}

fn is_error(line: &str) -> bool {
    match serde_json::from_str::<Value>(line) {
        Ok(line) => line.get("level").is_some_and(|level| level == "ERROR"),
        Err(_) => FAILED.iter().any(|word| line.contains(word)),
    }
}

fn say(console: &Console, line: &LogLine) -> Result<()> {
    let at = format_time(line.at);
    if console.json() {
        let parsed = serde_json::from_str::<Value>(&line.text);
        let text = parsed.unwrap_or_else(|_| Value::from(line.text.clone()));
        return console.line(&json!({ "at": at, "line": text }));
    }
    // A line holds what strangers have sent: nothing in it may steer the terminal.
    console.say(format_args!("{at} {}", printable(line.text.trim_end())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_ours_and_those_of_the_runtime() {
        for bad in [
            r#"{"level":"ERROR","message":"refused"}"#,
            "thread 'main' panicked at src/main.rs",
            "2026-11-26T10:00:00Z 3f Task timed out after 29.00 seconds",
            "RequestId: 3f Error: Runtime exited with error: Runtime.ExitError",
        ] {
            assert!(is_error(bad), "{bad}");
        }
        for good in [
            r#"{"level":"INFO","message":"an ERROR"}"#,
            r#"{"level":"INFO","message":"panicked"}"#,
            "START RequestId: 3f",
        ] {
            assert!(!is_error(good), "{good}");
        }
    }
}
