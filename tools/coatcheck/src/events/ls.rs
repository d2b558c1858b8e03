use anyhow::Result;
use domain::format_time;
use operator::events::Search;

use super::rows;
use crate::{
    host::Host,
    output::{Exit, Report},
    selection::Selection,
    stack,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck events ls
  coatcheck events ls --endpoint billing --type 'invoice.*' --since 7d
  coatcheck events ls --endpoint billing --key-id 2026-11 --since 7d --all
  coatcheck events ls --since 2026-11-20 --until 2026-11-21 --all --json | jq -r .ref

The index is sorted by time only. To find a type or an endpoint, the command reads all events of the time
span, so a rare type in a long span takes a while.")]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Only events that the key of this id verified. The command reads each pointer for that.
    #[arg(long, value_name = "ID")]
    key_id: Option<String>,
    /// List at most this many events.
    #[arg(short = 'n', long, default_value_t = 50, value_name = "COUNT")]
    limit: usize,
    /// List all events of the time span.
    #[arg(long, conflicts_with = "limit")]
    all: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let limit = if args.all { usize::MAX } else { args.limit };
        let key_id = args.key_id.as_deref();
        let query = args.selection.query(stack)?;
        let query = query.newest(limit, key_id.is_some());
        let mut found = Search::new(stack, &query, key_id);
        let mut listed = 0;
        while listed < limit {
            let Some(event) = found.next().await? else {
                break;
            };
            if listed == 0 {
                rows::headings(terminal)?;
            }
            rows::row(terminal, &event)?;
            listed += 1;
        }
        if terminal.json() {
            return Ok(Exit::Good);
        }
        if listed == 0 {
            terminal.note(format!(
                "no such events between {} and {}",
                format_time(query.from),
                format_time(query.until)
            ));
        } else if listed == limit && found.next().await?.is_some() {
            terminal.note("there are older events: raise --limit, or use --all");
        }
        Ok(Exit::Good)
    })
}
