//! `coatcheck doctor`: whether the stack is well, and what to do where it is not.

use anyhow::Result;
use futures_util::StreamExt;
use operator::{
    Progress as _,
    doctor::{Finding, Verdict, look, summary},
};

use crate::{
    console::Console,
    host::Host,
    output::{EXIT_CODES, Exit, Report},
    stack::{self, Stack},
    table::{Tone, paint},
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
        tell(args, stack, console).await
    })
}

async fn tell(args: &Args, stack: &Stack, console: &Console) -> Result<Exit> {
    let mut groups = look(stack);
    let mut all = Vec::new();
    let progress = console.waiting("looking");
    while let Some((title, findings)) = console
        .patiently("AWS to answer all that was asked", groups.next())
        .await
    {
        if console.json() {
            findings
                .iter()
                .try_for_each(|finding| console.line(finding))?;
        } else if !findings.is_empty() {
            progress.doing(&format!("looking: {title}"));
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
    Ok(if all.iter().any(Finding::is_grave) {
        Exit::Bad
    } else {
        Exit::Good
    })
}

/// What is not well, and of the rest how much there is: of a large stack that is a lot.
fn shown(findings: &[Finding], all: bool) -> Vec<String> {
    let (well, rest): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .partition(|finding| finding.verdict == Verdict::Ok);
    if all || well.len() <= 1 {
        return findings.iter().map(told).collect();
    }
    let mut lines: Vec<String> = rest.into_iter().map(told).collect();
    lines.push(line(Verdict::Ok, &format!("{} are well", well.len())));
    lines
}

fn told(finding: &Finding) -> String {
    let text = format!("{}: {}", finding.subject, finding.finding);
    let mut told = line(finding.verdict, &text);
    if finding.verdict == Verdict::Warn && finding.loss {
        told += " (events or deliveries are lost unless you act: exit code 1)";
    }
    if let Some(remedy) = &finding.remedy {
        told += &format!("\n        -> {remedy}");
    }
    told
}

fn line(verdict: Verdict, text: &str) -> String {
    let (tone, word) = match verdict {
        Verdict::Ok => (Tone::Good, "ok"),
        Verdict::Warn => (Tone::Worth, "warn"),
        Verdict::Bad => (Tone::Bad, "bad"),
    };
    format!("  {}  {text}", paint(tone, &format!("{word:<4}")))
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
        assert_eq!(few[0], told(&bad));
        assert!(few[1].contains("2 are well"), "{few:?}");
        assert_eq!(shown(&findings, true).len(), 3);
        assert_eq!(shown(&findings[..2], false).len(), 2);
    }

    #[test]
    fn a_line_says_what_to_do_and_whether_something_is_lost() {
        let warn = Finding::warn("queues", "invoices", "full", "look").with_loss();
        let shown = told(&warn);
        assert!(
            shown.contains("invoices: full (events or deliveries are lost unless you act: exit code 1)\n        -> look"),
            "{shown}"
        );
    }
}
