use std::fmt;

use domain::StoreError;
use serde::Serialize;

use crate::{
    output::Exit,
    stack::{in_short, next_step},
    table::{Tone, paint},
};

/// What one look at one thing has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Finding {
    /// Which check, in a word: the same for all of its findings.
    pub(super) check: &'static str,
    /// What was looked at.
    pub(super) subject: String,
    pub(super) verdict: Verdict,
    /// What it is like.
    pub(super) finding: String,
    /// What to do about it.
    pub(super) remedy: Option<String>,
    /// Whether events or deliveries are lost if nobody does it.
    pub(super) loss: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Verdict {
    Ok,
    Warn,
    Bad,
}

impl Verdict {
    fn tone(self) -> Tone {
        match self {
            Self::Ok => Tone::Good,
            Self::Warn => Tone::Worth,
            Self::Bad => Tone::Bad,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
        }
    }
}

impl Finding {
    pub(super) fn ok(
        check: &'static str,
        subject: impl Into<String>,
        finding: impl Into<String>,
    ) -> Self {
        Self {
            check,
            subject: subject.into(),
            verdict: Verdict::Ok,
            finding: finding.into(),
            remedy: None,
            loss: false,
        }
    }

    pub(super) fn warn(
        check: &'static str,
        subject: impl Into<String>,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Warn,
            remedy: Some(remedy.into()),
            ..Self::ok(check, subject, finding)
        }
    }

    pub(super) fn bad(
        check: &'static str,
        subject: impl Into<String>,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Verdict::Bad,
            ..Self::warn(check, subject, finding, remedy)
        }
    }

    /// Whether it alone is enough for the exit code 1.
    fn is_grave(&self) -> bool {
        self.verdict == Verdict::Bad || self.loss
    }

    /// If nobody does anything, something is lost.
    pub(super) fn with_loss(self) -> Self {
        Self { loss: true, ..self }
    }

    /// Nobody could look.
    pub(super) fn unseen(
        check: &'static str,
        subject: impl Into<String>,
        error: &StoreError,
    ) -> Self {
        let why = in_short(error);
        Self::warn(
            check,
            subject,
            format!("not checked: {why}"),
            next_step(error),
        )
    }
}

/// A line about what is well.
pub(super) fn ok(text: &str) -> String {
    line(Verdict::Ok, text)
}

fn line(verdict: Verdict, text: &str) -> String {
    let word = paint(verdict.tone(), &format!("{:<4}", verdict.word()));
    format!("  {word}  {text}")
}

/// Bad, or about to lose something.
pub(super) fn exit(findings: &[Finding]) -> Exit {
    if findings.iter().any(Finding::is_grave) {
        Exit::Bad
    } else {
        Exit::Good
    }
}

/// `12 ok, 2 to look at (1 of them loses something), 1 bad`.
pub(super) fn summary(findings: &[Finding]) -> String {
    let count = |verdict| {
        let some = findings.iter().filter(|finding| finding.verdict == verdict);
        some.count()
    };
    let losing = findings
        .iter()
        .filter(|finding| finding.verdict == Verdict::Warn && finding.is_grave());
    let losing = match losing.count() {
        0 => String::new(),
        1 => " (1 of them loses something)".to_owned(),
        some => format!(" ({some} of them lose something)"),
    };
    format!(
        "{} ok, {} to look at{losing}, {} bad",
        count(Verdict::Ok),
        count(Verdict::Warn),
        count(Verdict::Bad)
    )
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}",
            line(self.verdict, &format!("{}: {}", self.subject, self.finding))
        )?;
        if self.verdict == Verdict::Warn && self.loss {
            f.write_str(" (events or deliveries are lost unless you act: exit code 1)")?;
        }
        if let Some(remedy) = &self.remedy {
            write!(f, "\n        -> {remedy}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn red_ends_with_one_and_so_does_what_loses_something() {
        let ok = Finding::ok("pipes", "router", "runs");
        let warn = Finding::warn("queues", "invoices", "full", "look");
        let bad = Finding::bad("pipes", "router", "gone", "apply");
        for (findings, expected) in [
            (vec![ok.clone()], Exit::Good),
            (vec![ok.clone(), warn.clone()], Exit::Good),
            (vec![ok.clone(), warn.clone().with_loss()], Exit::Bad),
            (vec![ok.clone(), bad.clone()], Exit::Bad),
        ] {
            assert_eq!(exit(&findings), expected, "{findings:?}");
        }
        assert_eq!(
            summary(&[ok.clone(), ok, warn.clone(), bad]),
            "2 ok, 1 to look at, 1 bad"
        );
        assert_eq!(
            summary(&[warn.clone(), warn.with_loss()]),
            "0 ok, 2 to look at (1 of them loses something), 0 bad"
        );
    }

    #[test]
    fn a_line_is_made_for_programs_and_for_people() {
        let warn = Finding::warn("queues", "invoices", "full", "look").with_loss();
        assert_eq!(
            serde_json::to_value(&warn).unwrap(),
            serde_json::json!({"check": "queues", "subject": "invoices", "verdict": "warn",
                "finding": "full", "remedy": "look", "loss": true})
        );
        let shown = warn.to_string();
        assert!(
            shown.contains("invoices: full (events or deliveries are lost unless you act: exit code 1)\n        -> look"),
            "{shown}"
        );
    }

    #[test]
    fn what_could_not_be_looked_at_says_which_right_it_takes() {
        let error = StoreError::Permanent {
            operation: "pipes:DescribePipe",
            source: "AccessDeniedException: no".into(),
        };
        let unseen = Finding::unseen("pipes", "router", &error);
        assert_eq!(unseen.verdict, Verdict::Warn);
        assert!(unseen.finding.contains("pipes:DescribePipe"), "{unseen}");
    }
}
