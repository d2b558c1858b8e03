//! `coatcheck subscriptions test`.

use std::{fmt, time::Duration};

use anyhow::{Context, Result};
use operator::subscriptions::{TestOutcome, test};
use serde::Serialize;

use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    stack, when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck subscriptions test invoices
  coatcheck subscriptions test invoices --endpoint stripe --timeout 5m

The command puts an event of the type coatcheck.test into the queue of this subscription, whatever its
types are. No other subscription gets it. Its payload is a small JSON object that the target can redeem.
Then the command waits for the outcome: what the processor recorded, what the destination answered, that
the event is in the DLQ, or that it was handed over to a target that Coatcheck cannot look into.

The event is real for the processor: its handler runs. Let it do nothing for the type coatcheck.test.")]
pub(crate) struct Args {
    /// The subscription's name.
    name: String,
    /// The endpoint that the event seems to come from; without it the first that the subscription takes.
    #[arg(long, value_name = "NAME")]
    endpoint: Option<String>,
    /// How long to wait for the outcome.
    #[arg(long, value_name = "LENGTH", default_value = "60s")]
    timeout: String,
    #[command(flatten)]
    common: stack::CommandArgs,
}

/// What became of the test, for people and programs.
#[derive(Serialize)]
#[serde(transparent)]
struct Shown<'a>(&'a TestOutcome);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let outcome = self.0;
        writeln!(f, "sent {} to {}", outcome.reference, outcome.subscription)?;
        write!(f, "{} ({} ms)", outcome.end, outcome.took_ms)?;
        if let Some(advice) = outcome.advice() {
            write!(f, "\n{advice}")?;
        }
        Ok(())
    }
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let patience = Duration::try_from(when::length(&args.timeout)?).context("--timeout")?;
    args.common.run(host, async |stack, terminal| {
        let interrupt = interrupt::listen();
        let progress = terminal.waiting("sending");
        let work = test(
            stack,
            &args.name,
            args.endpoint.as_deref(),
            patience,
            &progress,
        );
        let outcome = tokio::select! {
            outcome = work => outcome?,
            () = interrupt.wait() => return Ok(Exit::Interrupted),
        };
        drop(progress);
        terminal.either(&Shown(&outcome))?;
        Ok(if outcome.end.is_good() {
            Exit::Good
        } else {
            Exit::Bad
        })
    })
}
