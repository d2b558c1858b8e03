use anyhow::Result;
use operator::subscriptions::{Listed, TARGET_MISSING, list};

use crate::{
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack,
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
        let rows = list(stack).await?;
        for remark in rows.iter().filter_map(Listed::remark) {
            console.note(remark);
        }
        if console.json() {
            rows.iter()
                .try_for_each(|row| console.line(&row.as_json()))?;
        } else if rows.is_empty() {
            console.note("the stack has no subscriptions: nobody gets its events");
        } else {
            let mut shown = table(["name", "types", "endpoints", "target", "way", "state"]);
            for row in &rows {
                shown.add_row(cells(row));
            }
            console.say(shown)?;
        }
        Ok(Exit::Good)
    })
}

fn cells(row: &Listed<'_>) -> [String; 6] {
    let one = row.subscription;
    let target = match &one.target.processor {
        Some(processor) => format!("processor {processor} ({})", one.target.kind),
        None => format!("{} ({})", one.target.arn, one.target.kind),
    };
    let endpoints = one
        .endpoints
        .as_ref()
        .map_or_else(|| "all".to_owned(), |all| all.join(", "));
    let tone = match (row.state.as_str(), one.enabled) {
        ("RUNNING", true) => Tone::Good,
        ("STOPPED", false) => Tone::Quiet,
        (TARGET_MISSING, _) => Tone::Bad,
        _ => Tone::Worth,
    };
    [
        row.name.to_owned(),
        one.types.join(", "),
        endpoints,
        target,
        if one.ordered { "ordered" } else { "buffered" }.to_owned(),
        paint(tone, &row.state),
    ]
}

#[cfg(test)]
mod tests {
    use operator::subscriptions::Seen;

    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_row_says_what_goes_where() {
        let description = sample();
        let invoices = &description.subscriptions["invoices"];
        let row = Listed::of("invoices", invoices, "RUNNING", Seen::There);
        assert_eq!(
            cells(&row)[..5],
            [
                "invoices",
                "invoice.*",
                "stripe",
                "processor invoices (lambda)",
                "buffered"
            ]
        );
        let ledger = &description.subscriptions["ledger"];
        let row = Listed::of("ledger", ledger, "STOPPED", Seen::There);
        assert_eq!(
            cells(&row)[..5],
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
    fn a_missing_target_is_seen() {
        let description = sample();
        let invoices = &description.subscriptions["invoices"];
        let row = Listed::of("invoices", invoices, "RUNNING", Seen::Missing);
        assert!(cells(&row)[5].contains("TARGET_MISSING"));
    }
}
