use anyhow::Result;
use domain::format_time;
use operator::events::{Listed, Search, as_json};

use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    selection::Selection,
    stack::{self, Stack},
    table::bytes,
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck events ls
  coatcheck events ls --endpoint billing --type 'invoice.*' --since 7d
  coatcheck events ls --endpoint billing --key-id 2026-11 --since 7d --all
  coatcheck events ls --since 2026-11-20 --until 2026-11-21 --all --json | jq -r .ref

Only the newest are read, unless --all asks for more. Types and endpoints are looked for among all events
of the time span, so a rare type in a long span takes a while.

{EXIT_CODES}"))]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Only those that were verified by the key of this id. Each pointer is read for it.
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// Lists at most so many.
    #[arg(short = 'n', long, default_value_t = 50, value_name = "COUNT")]
    limit: usize,
    /// Lists all of them.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    /// Answers with JSON, one event a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        list(args, stack, console).await
    })
}

async fn list(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let limit = if args.all { usize::MAX } else { args.limit };
    let key_id = args.key_id.as_deref();
    let query = args.selection.query(stack)?;
    let query = query.newest(limit, key_id.is_some());
    let mut found = Search::new(stack, &query, key_id);
    let mut listed = 0;
    while listed < limit {
        let Some(row) = found.next().await? else {
            break;
        };
        if listed == 0 {
            head(console)?;
        }
        tell(console, &row)?;
        listed += 1;
    }
    if console.json() {
        return Ok(Exit::Good);
    }
    if listed == 0 {
        console.note(format!(
            "no such events between {} and {}",
            format_time(query.from),
            format_time(query.until)
        ));
    } else if listed == limit && found.next().await?.is_some() {
        console.note("older ones are there: --limit or --all lists more");
    }
    Ok(Exit::Good)
}

/// The line above the rows.
pub(super) fn head(console: &Console) -> Result<()> {
    if console.json() {
        return Ok(());
    }
    console.say(format_args!(
        "{:<24}  {:<28}  {:>8}  REF",
        "RECEIVED", "TYPE", "SIZE"
    ))
}

/// One event. Rows are told as they come, so their columns are of fixed widths.
pub(super) fn tell(console: &Console, row: &Listed) -> Result<()> {
    if console.json() {
        return console.line(&as_json(row));
    }
    console.say(format_args!(
        "{}  {:<28}  {:>8}  {}",
        format_time(row.received_at),
        row.kind.escape_default().to_string(),
        bytes(row.size),
        row.reference,
    ))
}
