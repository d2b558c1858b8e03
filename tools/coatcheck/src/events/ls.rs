use anyhow::{Context as _, Result};
use domain::format_time;
use operator::{
    events::{Condition, Looked, Lookup, Query, Search},
    plural,
};

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
  coatcheck events ls --where customer=cus_1 --since 30d
  coatcheck events ls --endpoint billing --where customer=cus_1 --where plan=free --since 30d
  coatcheck events ls --since 2026-11-20 --until 2026-11-21 --all --json | jq -r .ref

--where finds events by attributes that their endpoint declares (docs/attributes.md). If the first one that
every endpoint indexes is there, it is looked up in the index, and the others are compared with the pointers
that it finds. An event from before its attribute was indexed is not in the index: --no-index looks at all
events of the time span instead, as the command does if no attribute is indexed.

The index by time is sorted by time only. To find a type or an endpoint there, the command reads all events
of the time span, so a rare type in a long span takes a while.")]
pub(crate) struct Args {
    #[command(flatten)]
    selection: Selection,
    /// Only events whose attribute has this value: `customer=cus_1`. Repeat it for more; all must hold.
    #[arg(long = "where", value_name = "NAME=VALUE", value_parser = condition)]
    conditions: Vec<Condition>,
    /// Look at all events of the time span, even if an index has the attribute.
    #[arg(long, requires = "conditions")]
    no_index: bool,
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
        let lookup = if args.no_index {
            Lookup::Time
        } else {
            Lookup::Index
        };
        let query = args.selection.query(stack)?;
        let query = query.having(stack, &args.conditions, lookup);
        let query = query.context("--where")?.newest(limit, key_id.is_some());
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
        let more = listed == limit && found.next().await?.is_some();
        if listed == 0 {
            terminal.note(format!(
                "no such events between {} and {}",
                format_time(query.from),
                format_time(query.until)
            ));
        } else if more {
            terminal.note("there are older events: raise --limit, or use --all");
        }
        if !args.conditions.is_empty() {
            terminal.note(how(&query, found.looked(), args.no_index));
        }
        Ok(Exit::Good)
    })
}

fn condition(text: &str) -> Result<Condition, String> {
    text.parse()
        .map_err(|problem: operator::Problem| problem.to_string())
}

/// How the events were found, and what it took.
fn how(query: &Query, looked: Looked, no_index: bool) -> String {
    let queries = match looked.queries {
        1 => "1 query".to_owned(),
        many => format!("{many} queries"),
    };
    let pointers = plural(looked.pointers, "pointer");
    match query.found_by() {
        Some(condition) if query.compares() => {
            format!(
                "found by the index of {}: {queries}, and {pointers} compared",
                condition.name
            )
        }
        Some(condition) => format!("found by the index of {}: {queries}", condition.name),
        None if no_index => format!("without an index: {queries} by time, and {pointers} compared"),
        None => format!(
            "not every endpoint that declares it indexes such an attribute: {queries} by time, and {pointers} compared. \
             `index = true` makes it one query (docs/attributes.md)"
        ),
    }
}
