//! `coatcheck doctor`: whether the stack is well, and what to do where it is not.

mod checks;
mod finding;

use anyhow::Result;
use futures_util::{FutureExt, StreamExt, future::LocalBoxFuture, stream::FuturesOrdered};

use self::finding::{Finding, Verdict, exit, ok, summary};
use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
};

#[derive(clap::Args)]
#[command(after_help = format!("\
Examples:
  coatcheck doctor
  coatcheck doctor --json | jq -r 'select(.verdict != \"ok\") | \"\\(.subject): \\(.remedy)\"'

It only reads. What it may not read it says, and goes on. It ends with 1 if something is bad, or if
something is to be lost unless somebody acts.

{EXIT_CODES}"))]
pub(crate) struct Args {
    /// Lists also what is well.
    #[arg(long)]
    all: bool,
    /// Answers with JSON, one finding a line.
    #[arg(long)]
    json: bool,
    #[command(flatten)]
    stack: stack::Args,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    stack::run(&args.stack, args.json, host, async |stack, console| {
        look(args, stack, console).await
    })
}

async fn look(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    // All at once; told in this order.
    let mut groups: FuturesOrdered<LocalBoxFuture<'_, (&str, Vec<Finding>)>> = [
        group("Pipes", checks::pipes(stack)),
        group("Routing", checks::lag(stack)),
        group("Queues", checks::queues(stack)),
        group("Events given up", checks::dlqs(stack)),
        group("Tables", checks::tables(stack)),
        group("Retention", checks::retention(stack)),
        group("Keys", checks::keys(stack)),
        group("Functions", checks::functions(stack)),
        group("Errors of the last hour", checks::logs(stack)),
        group("Alarms", checks::alarms(stack)),
        group("Clock", checks::clock(stack)),
    ]
    .into_iter()
    .collect();
    let mut all = Vec::new();
    let progress = console.waiting("looking");
    while let Some((title, findings)) = groups.next().await {
        if console.json() {
            findings
                .iter()
                .try_for_each(|finding| console.line(finding))?;
        } else if !findings.is_empty() {
            progress.tell(format!("looking: {title}"));
            console.say(title)?;
            let shown = shown(&findings, args.all);
            shown.iter().try_for_each(|line| console.say(line))?;
        }
        all.extend(findings);
    }
    drop(progress);
    if !console.json() {
        console.say(format_args!("\n{}", summary(&all)))?;
    }
    Ok(exit(&all))
}

/// What is not well, and of the rest how much there is: of a large stack that is a lot.
fn shown(findings: &[Finding], all: bool) -> Vec<String> {
    let (well, rest): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .partition(|finding| finding.verdict == Verdict::Ok);
    if all || well.len() <= 1 {
        return findings.iter().map(ToString::to_string).collect();
    }
    let mut lines: Vec<String> = rest.iter().map(ToString::to_string).collect();
    lines.push(ok(&format!("{} are well", well.len())));
    lines
}

fn group<'a>(
    title: &'a str,
    check: impl Future<Output = Vec<Finding>> + 'a,
) -> LocalBoxFuture<'a, (&'a str, Vec<Finding>)> {
    check.map(move |findings| (title, findings)).boxed_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_well_is_counted_unless_all_is_wanted() {
        let well = |subject| Finding::ok("pipes", subject, "runs");
        let bad = Finding::bad("pipes", "c", "gone", "apply");
        let findings = [well("a"), bad.clone(), well("b")];
        let few = shown(&findings, false);
        assert_eq!(few.len(), 2);
        assert_eq!(few[0], bad.to_string());
        assert!(few[1].contains("2 are well"), "{few:?}");
        assert_eq!(shown(&findings, true).len(), 3);
        assert_eq!(shown(&findings[..2], false).len(), 2);
    }
}
