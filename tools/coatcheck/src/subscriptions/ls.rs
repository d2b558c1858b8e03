use anyhow::Result;
use operator::subscriptions::{ListedSubscription, TARGET_MISSING, list};

use crate::{
    host::Host,
    output::{Exit, Report},
    stack,
    table::{Tone, paint, table},
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions ls
  coatcheck subscriptions ls --json | jq -r 'select(.state != \"RUNNING\") | .name'")]
pub(crate) struct Args {
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        let rows = list(stack).await?;
        for remark in rows.iter().filter_map(ListedSubscription::remark) {
            terminal.note(remark);
        }
        if terminal.json() {
            terminal.lines(&rows)?;
        } else if rows.is_empty() {
            terminal.note("the stack has no subscriptions: its events go nowhere");
        } else {
            let mut shown = table(["name", "types", "endpoints", "target", "delivery", "state"]);
            for row in &rows {
                shown.add_row(cells(row));
            }
            terminal.say(shown)?;
        }
        Ok(Exit::Good)
    })
}

fn cells(row: &ListedSubscription<'_>) -> [String; 6] {
    let one = row.subscription;
    let target = match &one.target.processor {
        Some(processor) => format!("processor {processor} ({})", one.target.kind),
        None => format!("{} ({})", one.target.place(), one.target.kind),
    };
    let endpoints = one
        .endpoints
        .as_ref()
        .map_or_else(|| "all".to_owned(), |all| all.join(", "));
    let tone = match (row.state.as_str(), one.enabled) {
        ("RUNNING", true) => Tone::Good,
        ("STOPPED", false) => Tone::Quiet,
        (TARGET_MISSING, _) => Tone::Bad,
        _ => Tone::Attention,
    };
    let filter = one.filter.as_ref().map(|filter| format!(" if {filter}"));
    [
        row.name.to_owned(),
        one.types.join(", ") + &filter.unwrap_or_default(),
        endpoints,
        target,
        if one.ordered { "ordered" } else { "buffered" }.to_owned(),
        paint(tone, &row.state),
    ]
}

#[cfg(test)]
mod tests {
    use operator::subscriptions::TargetState;

    use super::*;
    use crate::stack::sample;

    #[test]
    fn a_row_says_which_events_go_where() {
        let description = sample();
        let invoices = &description.subscriptions["invoices"];
        let row = ListedSubscription::of("invoices", invoices, "RUNNING", TargetState::Exists);
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
        let row = ListedSubscription::of("ledger", ledger, "STOPPED", TargetState::Exists);
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
}
