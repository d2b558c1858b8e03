//! `coatcheck endpoints test`.

use std::{fmt, time::Duration};

use anyhow::{Context, Result};
use operator::endpoints::{self, TestOutcome};
use serde::Serialize;

use crate::{
    host::Host,
    interrupt,
    output::{Exit, Report},
    sender, stack, when,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck endpoints test billing
  coatcheck endpoints test billing --key 2026-11-22

The command sends what the provider would send: to the endpoint's URL, signed by its scheme with its
newest key. The event has the type coatcheck.test, which only subscriptions that name it receive
(types = [\"coatcheck.test\"]).")]
pub(crate) struct Args {
    /// The endpoint's name.
    name: String,
    /// Sign with the key of this id instead of the newest.
    #[arg(long, value_name = "ID")]
    key: Option<String>,
    /// How long to wait for the pointer after the response.
    #[arg(long, value_name = "LENGTH", default_value = "15s")]
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
        writeln!(f, "POST {} (key {})", outcome.url, outcome.key_id)?;
        write!(f, "{}", sender::Shown(&outcome.sent))?;
        if let Some(at) = &outcome.received_at {
            write!(f, "\nstored: its pointer exists, received at {at}")?;
        }
        if let Some(problem) = outcome.problem {
            write!(f, "\n{problem}")?;
        }
        Ok(())
    }
}

pub(super) fn run(args: &Args, host: &Host) -> Result<Report> {
    let patience = Duration::try_from(when::length(&args.timeout)?).context("--timeout")?;
    args.common.run(host, async |stack, terminal| {
        let interrupt = interrupt::listen();
        let progress = terminal.waiting("waiting for the reply");
        let key = args.key.as_deref();
        let work = endpoints::test(stack, &args.name, key, patience, &progress);
        let outcome = tokio::select! {
            outcome = work => outcome?,
            () = interrupt.wait() => return Ok(Exit::Interrupted),
        };
        drop(progress);
        terminal.either(&Shown(&outcome))?;
        Ok(if outcome.good { Exit::Good } else { Exit::Bad })
    })
}
