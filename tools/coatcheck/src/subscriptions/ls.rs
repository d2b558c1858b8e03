use anyhow::Result;
use aws::Pipes;
use futures_util::{StreamExt, TryStreamExt, stream};
use serde::Serialize;

use super::AT_ONCE;
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
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

/// A subscription as it is set up, and its pipe's state.
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
    state: String,
}

#[derive(Serialize)]
struct Target<'a> {
    kind: &'a str,
    arn: &'a str,
    processor: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of(name: &'a str, one: &'a Subscription, state: String) -> Self {
        let target = &one.target;
        Self {
            name,
            types: &one.types,
            endpoints: one.endpoints.as_deref(),
            target: Target {
                kind: &target.kind,
                arn: &target.arn,
                processor: target.processor.as_deref(),
            },
            ordered: one.ordered,
            enabled: one.enabled,
            state,
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
    let rows: Vec<Row<'_>> = stream::iter(&stack.made_of.subscriptions)
        .map(async |(name, one)| {
            let status = control.state(&one.pipe).await.explained()?;
            anyhow::Ok(Row::of(name, one, status.current))
        })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_row_says_what_goes_where() {
        let made_of = sample();
        let invoices = &made_of.subscriptions["invoices"];
        let row = Row::of("invoices", invoices, "RUNNING".to_owned());
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
        let row = Row::of("ledger", ledger, "STOPPED".to_owned());
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
}
