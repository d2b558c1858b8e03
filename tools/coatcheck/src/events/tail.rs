use std::{collections::HashMap, time::Duration};

use anyhow::Result;
use aws::ByTime;
use domain::{Ref, SignedDuration, Timestamp};

use super::{Selection, ls, timeline::Timeline};
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
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

/// An event may be in the index later than one that came after it: an ingest that waits for
/// S3 has taken the time before. So every look goes back so far.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        tokio::select! {
            followed = follow(args, stack, console) => followed,
            _ = tokio::signal::ctrl_c() => Ok(Exit::Good),
        }
    })
}

async fn follow(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let index = ByTime::new(&stack.sdk, stack.made_of.tables.events.clone());
    let selection = Selection {
        endpoint: args.endpoint.clone(),
        kinds: args.kinds.clone(),
        since: Some(args.since.clone()),
        until: None,
    };
    let mut query = selection.query(stack, (stack.now)())?;
    let mut told = Told::default();
    ls::head(console)?;
    loop {
        // Clocks of functions may be ahead of this one.
        query.until = (stack.now)().saturating_add(LOOK_BACK)?;
        let mut timeline = Timeline::new(&index, &query);
        while let Some(row) = timeline.next().await? {
            if told.is_new(&row.reference, row.received_at) {
                ls::tell(console, &row)?;
            }
        }
        drop(timeline);
        let back = (stack.now)().saturating_sub(LOOK_BACK)?;
        query.from = query.from.max(back);
        told.forget_before(query.from);
        tokio::time::sleep(PAUSE).await;
    }
}

/// What was told of the time that is looked at again.
#[derive(Default)]
struct Told(HashMap<Ref, Timestamp>);

impl Told {
    fn is_new(&mut self, reference: &Ref, at: Timestamp) -> bool {
        self.0.insert(reference.clone(), at).is_none()
    }

    fn forget_before(&mut self, from: Timestamp) {
        self.0.retain(|_, at| *at >= from);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_event_is_told_once_though_it_is_seen_again() {
        let mut told = Told::default();
        let at = |text: &str| text.parse::<Timestamp>().unwrap();
        let one: Ref = "stripe/evt_1".parse().unwrap();
        let other: Ref = "stripe/evt_2".parse().unwrap();
        assert!(told.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert!(!told.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert!(told.is_new(&other, at("2026-11-22T09:59:59Z")));
        told.forget_before(at("2026-11-22T10:00:00Z"));
        assert!(!told.is_new(&one, at("2026-11-22T10:00:00Z")));
        assert_eq!(told.0.len(), 1);
    }
}
