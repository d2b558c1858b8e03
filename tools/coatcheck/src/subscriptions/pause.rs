use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use aws::{Pipes, Queue};
use domain::{SignedDuration, Timestamp};

use super::{
    Pipe, ROUTER,
    resume::{patience, start, told},
    status::kept,
    switch::{Goal, Patience, Real, switch},
};
use crate::{
    console::Console,
    host::Host,
    interrupt::{self, Stop},
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Description, Explained, Stack},
    when::{self, said},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck subscriptions pause invoices
  coatcheck subscriptions pause router --for 30m

A buffered subscription loses nothing: its queue fills, and keeps what comes for as long as it keeps anything.
An ordered subscription and the router read the stream itself, which forgets an event after 24 hours; so they
are stopped only for a time (--for: the command stays, and starts the pipe again when the time is over or
Ctrl-C ends it), or by somebody who says that he knows (--accept-loss-after 24h).

The alarm for pipes that do not run (pipe-down) goes on after five minutes. The next `terraform apply` starts the pipe
again, unless the subscription has enabled = false there.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// A subscription, or `router`.
    name: String,
    /// Starts it again after so long, at most 20h. The command stays until then.
    #[arg(long = "for", value_name = "LENGTH", value_parser = when::length)]
    hold: Option<SignedDuration>,
    /// What is not brought within 24 hours is lost, and that is fine.
    #[arg(
        long,
        value_name = "24h",
        value_parser = ["24h"],
        conflicts_with = "hold"
    )]
    accept_loss_after: Option<String>,
    /// Waits at most so long until it stands still.
    #[arg(long, value_name = "LENGTH", default_value = "5m", value_parser = when::length)]
    timeout: SignedDuration,
    /// Answers with JSON, one object for each state that is reached.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

/// The stream keeps an event 24 hours; to bring what waited takes a while, too.
const LONGEST: SignedDuration = SignedDuration::from_hours(20);

/// So often the clock on the wall is asked. A machine that sleeps stops the other one.
const LOOK: Duration = Duration::from_secs(15);

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        let pipe = Pipe::named(&stack.made_of, &args.name)?;
        may(&pipe, args.hold, args.accept_loss_after.is_some())?;
        let patience = patience(args.timeout)?;
        match args.hold {
            Some(length) => hold(pipe, length, patience, stack, console).await,
            None => stop(pipe, patience, stack, console).await,
        }
    })
}

/// Whether it may be stopped so.
fn may(pipe: &Pipe<'_>, hold: Option<SignedDuration>, accepts_loss: bool) -> Result<()> {
    if let Some(length) = hold {
        ensure!(
            length.is_positive() && length <= LONGEST,
            "--for is more than nothing and at most {}: the stream keeps events 24 h, \
             and bringing what waited takes time",
            said(LONGEST)
        );
        return Ok(());
    }
    if pipe.reads_stream() && !accepts_loss {
        bail!(
            "{} reads the stream, which forgets an event after 24 hours: whatever is not brought by then is lost \
             to it. Say --for LENGTH, and the command starts it again by itself; or --accept-loss-after 24h",
            pipe.name
        );
    }
    Ok(())
}

async fn stop(
    pipe: Pipe<'_>,
    patience: Patience,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    let changed = stopped(&pipe, patience, stack, console).await?;
    told(&pipe, Goal::Stopped, changed, console)?;
    remind(&pipe, stack, console).await?;
    console.note(format!(
        "to start it again: coatcheck subscriptions resume {}",
        pipe.name
    ));
    Ok(Exit::Good)
}

async fn stopped(
    pipe: &Pipe<'_>,
    patience: Patience,
    stack: &Stack,
    console: &Console,
) -> Result<bool> {
    let control = &Pipes::new(&stack.sdk);
    let real = Real {
        control,
        pipe: pipe.pipe,
    };
    let progress = console.waiting(format!("stopping {}", pipe.name));
    switch(&real, pipe.name, Goal::Stopped, patience, &progress).await
}

/// What happens meanwhile.
async fn remind(pipe: &Pipe<'_>, stack: &Stack, console: &Console) -> Result<()> {
    match pipe.queue_url {
        Some(url) => {
            let queue = Queue::new(&stack.sdk, url.to_owned());
            let depth = queue.depth().await.explained()?;
            console.note(format!(
                "its queue keeps what comes for {}, and drops it after that",
                kept(&depth)
            ));
        }
        None => {
            console.note("what comes waits in the stream for 24 h, and is lost to it after that");
        }
    }
    for line in reminders(pipe, &stack.made_of) {
        console.note(line);
    }
    Ok(())
}

/// Who else takes notice of a pipe that is to run and does not.
fn reminders(pipe: &Pipe<'_>, made_of: &Description) -> Vec<String> {
    let mut lines = Vec::new();
    if !pipe.enabled {
        return lines;
    }
    let alarm = format!("{}-{}-pipe-down", made_of.stack, pipe.name);
    if made_of.alarms.contains(&alarm) {
        lines.push(format!("after five minutes the alarm {alarm} goes on"));
    }
    let unless = if pipe.name == ROUTER {
        ""
    } else {
        ", unless the subscription has enabled = false there"
    };
    lines.push(format!("the next `terraform apply` starts it{unless}"));
    lines
}

/// Stops it for a while. Whatever happens then, it is to run again.
async fn hold(
    pipe: Pipe<'_>,
    length: SignedDuration,
    patience: Patience,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    let interrupt = interrupt::listen();
    let until = (stack.now)().saturating_add(length)?;
    let outcome = stand_still(&pipe, until, &interrupt, patience, stack, console).await;
    start(pipe, patience, stack, console)
        .await
        .with_context(|| {
            format!(
                "{0} MAY STAND STILL. Start it: coatcheck subscriptions resume {0}",
                pipe.name
            )
        })?;
    outcome
}

async fn stand_still(
    pipe: &Pipe<'_>,
    until: Timestamp,
    interrupt: &Stop,
    patience: Patience,
    stack: &Stack,
    console: &Console,
) -> Result<Exit> {
    // Also after Ctrl-C: a pipe that still stops cannot be started, and looks as if it ran.
    let changed = stopped(pipe, patience, stack, console).await?;
    told(pipe, Goal::Stopped, changed, console)?;
    remind(pipe, stack, console).await?;
    let progress = console.waiting("");
    loop {
        let left = (stack.now)().duration_until(until);
        if !left.is_positive() {
            return Ok(Exit::Good);
        }
        progress.tell(format!(
            "{} stands still for {} more; Ctrl-C starts it now",
            pipe.name,
            said(left)
        ));
        let left = Duration::try_from(left).unwrap_or(LOOK);
        tokio::select! {
            () = tokio::time::sleep(left.min(LOOK)) => {}
            () = interrupt.wait() => return Ok(Exit::Interrupted),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stack::sample;

    fn refused(name: &str, hold: Option<&str>, accepts_loss: bool) -> Option<String> {
        let made_of = sample();
        let pipe = Pipe::named(&made_of, name).unwrap();
        let hold = hold.map(|text| when::length(text).unwrap());
        may(&pipe, hold, accepts_loss)
            .err()
            .map(|problem| problem.to_string())
    }

    #[test]
    fn what_reads_the_stream_is_not_stopped_just_so() {
        for name in ["router", "ledger"] {
            let why = refused(name, None, false).unwrap();
            assert!(why.contains("24 hours") && why.contains("--for"), "{why}");
            assert_eq!(refused(name, Some("30m"), false), None);
            assert_eq!(refused(name, None, true), None);
        }
        assert_eq!(refused("invoices", None, false), None);
        assert_eq!(refused("invoices", Some("20h"), false), None);
    }

    #[test]
    fn nothing_stands_still_for_longer_than_the_stream_bears() {
        for name in ["router", "invoices"] {
            for length in ["21h", "0m"] {
                let why = refused(name, Some(length), false).unwrap();
                assert!(why.contains("at most 20 h"), "{why}");
            }
        }
    }

    #[test]
    fn a_pause_that_others_notice_is_told() {
        let made_of = Description {
            alarms: vec!["coatcheck-invoices-pipe-down".to_owned()],
            ..sample()
        };
        let of = |name: &str, enabled| {
            let pipe = Pipe {
                enabled,
                ..Pipe::named(&made_of, name).unwrap()
            };
            reminders(&pipe, &made_of).join("\n")
        };
        let invoices = of("invoices", true);
        assert!(
            invoices.contains("alarm coatcheck-invoices-pipe-down"),
            "{invoices}"
        );
        assert!(invoices.contains("unless the subscription"), "{invoices}");
        assert_eq!(of("router", true), "the next `terraform apply` starts it");
        assert_eq!(of("invoices", false), "");
    }
}
