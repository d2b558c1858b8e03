use anyhow::Result;
use aws::{Pipes, operator::Targets};
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::{AT_ONCE, Meaning, Seen, TARGET_MISSING};
use crate::{
    cli::EXIT_CODES,
    console::Console,
    host::Host,
    output::{Exit, Report},
    stack::{self, Explained, Stack, Subscription},
    table::{Tone, paint, table},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck subscriptions ls
  coatcheck subscriptions ls --json | jq -r 'select(.state != \"RUNNING\") | .name'

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Answers with JSON, one subscription a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        list(stack, console).await
    })
}

/// A subscription as it is set up, its pipe's state, and whether its target is there.
#[derive(Serialize)]
struct Row<'a> {
    name: &'a str,
    types: &'a [String],
    /// None means all.
    endpoints: Option<&'a [String]>,
    target: Target<'a>,
    ordered: bool,
    /// What Terraform wants.
    enabled: bool,
    /// The pipe's, or `TARGET_MISSING` if it runs and delivers to nothing.
    state: String,
}

#[derive(Serialize)]
struct Target<'a> {
    kind: &'a str,
    arn: &'a str,
    processor: Option<&'a str>,
    /// None where nobody could look.
    exists: Option<bool>,
}

impl<'a> Row<'a> {
    fn of(name: &'a str, one: &'a Subscription, pipe: &str, seen: &Seen) -> Self {
        let target = &one.target;
        Self {
            name,
            types: &one.types,
            endpoints: one.endpoints.as_deref(),
            target: Target {
                kind: &target.kind,
                arn: &target.arn,
                processor: target.processor.as_deref(),
                exists: seen.exists(),
            },
            ordered: one.ordered,
            enabled: one.enabled,
            state: seen.state(pipe).to_owned(),
        }
    }

    fn cells(&self) -> [String; 6] {
        let target = match self.target.processor {
            Some(processor) => format!("processor {processor} ({})", self.target.kind),
            None => format!("{} ({})", self.target.arn, self.target.kind),
        };
        let endpoints = self
            .endpoints
            .map_or_else(|| "all".to_owned(), |all| all.join(", "));
        let tone = match (self.state.as_str(), self.enabled) {
            ("RUNNING", true) => Tone::Good,
            ("STOPPED", false) => Tone::Quiet,
            (TARGET_MISSING, _) => Tone::Bad,
            _ => Tone::Worth,
        };
        [
            self.name.to_owned(),
            self.types.join(", "),
            endpoints,
            target,
            if self.ordered { "ordered" } else { "buffered" }.to_owned(),
            paint(tone, &self.state),
        ]
    }
}

async fn list(stack: &Stack, console: &Console) -> Result<Exit> {
    let control = &Pipes::new(&stack.sdk);
    let targets = &Targets::new(&stack.sdk);
    let looks: Vec<(Row<'_>, Option<String>)> = stream::iter(&stack.made_of.subscriptions)
        .map(async |(name, one)| {
            let status = async { control.state(&one.pipe).await.explained() };
            let seen = async { Ok(Seen::of(targets, one).await) };
            let (status, seen) = futures_util::try_join!(status, seen)?;
            let row = Row::of(name, one, &status.current, &seen);
            anyhow::Ok((row, remark(name, &seen, one)))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let (rows, remarks): (Vec<Row<'_>>, Vec<Option<String>>) = looks.into_iter().unzip();
    for remark in remarks.into_iter().flatten() {
        console.note(remark);
    }
    if console.json() {
        rows.iter().try_for_each(|row| console.line(row))?;
    } else if rows.is_empty() {
        console.note("the stack has no subscriptions: nobody gets its events");
    } else {
        let mut shown = table(["name", "types", "endpoints", "target", "way", "state"]);
        for row in &rows {
            shown.add_row(row.cells());
        }
        console.say(shown)?;
    }
    Ok(Exit::Good)
}

/// What a state cannot say.
fn remark(name: &str, seen: &Seen, one: &Subscription) -> Option<String> {
    let Some(Meaning { text, remedy, .. }) = seen.meaning(name, one) else {
        return seen.unseen(name);
    };
    let remedy = remedy.map_or_else(String::new, |remedy| format!(": {remedy}"));
    Some(format!("{name} {text}{remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_row_says_what_goes_where() {
        let made_of = sample();
        let invoices = &made_of.subscriptions["invoices"];
        let row = Row::of("invoices", invoices, "RUNNING", &Seen::There);
        let cells = row.cells();
        assert_eq!(
            cells[..5],
            [
                "invoices",
                "invoice.*",
                "stripe",
                "processor invoices (lambda)",
                "buffered"
            ]
        );
        let ledger = &made_of.subscriptions["ledger"];
        let row = Row::of("ledger", ledger, "STOPPED", &Seen::There);
        let cells = row.cells();
        assert_eq!(
            cells[..5],
            [
                "ledger",
                "*",
                "all",
                "arn:aws:sqs:eu-central-1:2:ledger.fifo (queue)",
                "ordered"
            ]
        );
    }

    #[test]
    fn a_missing_target_is_seen_by_people_and_by_programs() {
        let made_of = sample();
        let invoices = &made_of.subscriptions["invoices"];
        let row = Row::of("invoices", invoices, "RUNNING", &Seen::Missing);
        let told = serde_json::to_value(&row).unwrap();
        assert_eq!(
            (&told["state"], &told["target"]["exists"]),
            (&"TARGET_MISSING".into(), &false.into())
        );
        assert!(row.cells()[5].contains("TARGET_MISSING"));
        let remark = remark("invoices", &Seen::Missing, invoices).unwrap();
        assert!(
            remark.contains("coatcheck dlq redrive invoices"),
            "{remark}"
        );
    }
}
