//! `coatcheck doctor`: whether the stack is healthy, and what to do where it is not.

use anyhow::Result;
use futures_util::StreamExt;
use operator::{
    Progress as _,
    doctor::{Finding, Severity, examine, summary},
};

use crate::{
    host::Host,
    output::{Exit, Report},
    stack::{self, Stack},
    table::{Tone, paint},
    terminal::Terminal,
};

#[derive(clap::Args)]
#[command(after_help = "\
Examples:
  coatcheck doctor
  coatcheck doctor --json | jq -r 'select(.verdict != \"ok\") | \"\\(.subject): \\(.remedy)\"'

The command only reads. Anything it lacks permission to inspect is reported as a finding. The exit code
is 1 if something is bad, or if events or deliveries will be lost unless you act.")]
pub(crate) struct Args {
    /// List every finding, good ones too.
    #[arg(long)]
    all: bool,
    #[command(flatten)]
    common: stack::CommandArgs,
}

pub(crate) fn run(args: &Args, host: &Host) -> Result<Report> {
    args.common.run(host, async |stack, terminal| {
        tell(args, stack, terminal).await
    })
}

async fn tell(args: &Args, stack: &Stack, terminal: &Terminal) -> Result<Exit> {
    let mut groups = examine(stack);
    let mut all = Vec::new();
    let progress = terminal.waiting("checking");
    while let Some((title, findings)) = terminal.patiently("AWS to respond", groups.next()).await {
        if terminal.json() {
            findings
                .iter()
                .try_for_each(|finding| terminal.line(finding))?;
        } else if !findings.is_empty() {
            progress.doing(&format!("checked: {title}"));
            terminal.say(title)?;
            let shown = shown(&findings, args.all);
            shown.iter().try_for_each(|line| terminal.say(line))?;
        }
        all.extend(findings);
    }
    drop(progress);
    if !terminal.json() {
        terminal.say(format_args!("\n{}", summary(&all)))?;
    }
    Ok(if all.iter().any(Finding::is_grave) {
        Exit::Bad
    } else {
        Exit::Good
    })
}

/// The findings that need you, and how many others there are; a large stack has many.
fn shown(findings: &[Finding], all: bool) -> Vec<String> {
    let (well, rest): (Vec<&Finding>, Vec<&Finding>) = findings
        .iter()
        .partition(|finding| finding.verdict == Severity::Ok);
    if all || well.len() <= 1 {
        return findings.iter().map(lines).collect();
    }
    let mut shown: Vec<String> = rest.into_iter().map(lines).collect();
    shown.push(line(Severity::Ok, &format!("{} are fine", well.len())));
    shown
}

fn lines(finding: &Finding) -> String {
    let what = format!("{}: {}", finding.subject, finding.finding);
    let mut text = line(finding.verdict, &what);
    if finding.verdict == Severity::Warn && finding.loss {
        text += " (events or deliveries will be lost unless you act: exit code 1)";
    }
    if let Some(remedy) = &finding.remedy {
        text += &format!("\n        -> {remedy}");
    }
    text
}

fn line(verdict: Severity, text: &str) -> String {
    let (tone, word) = match verdict {
        Severity::Ok => (Tone::Good, "ok"),
        Severity::Warn => (Tone::Attention, "warn"),
        Severity::Bad => (Tone::Bad, "bad"),
    };
    format!("  {}  {text}", paint(tone, &format!("{word:<4}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good_findings_are_counted_unless_you_ask_for_all() {
        let well = |subject| Finding::ok(subject, "runs");
        let bad = Finding::bad("c", "gone", "apply");
        let findings = [well("a"), bad.clone(), well("b")];
        let few = shown(&findings, false);
        assert_eq!(few.len(), 2);
        assert_eq!(few[0], lines(&bad));
        assert!(few[1].contains("2 are fine"), "{few:?}");
        assert_eq!(shown(&findings, true).len(), 3);
        assert_eq!(shown(&findings[..2], false).len(), 2);
    }

    #[test]
    fn a_line_says_what_to_do_and_whether_something_is_lost() {
        let warn = Finding::warn("invoices", "full", "look").with_loss();
        let shown = lines(&warn);
        assert!(
            shown.contains("invoices: full (events or deliveries will be lost unless you act: exit code 1)\n        -> look"),
            "{shown}"
        );
    }
}
