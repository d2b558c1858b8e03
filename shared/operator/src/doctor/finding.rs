use domain::StoreError;
use serde::Serialize;

use crate::problem::{in_short, next_step};

/// What one look at one thing has shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which check, in a word: the same for all of its findings.
    pub check: &'static str,
    /// What was looked at.
    pub subject: String,
    /// How it is.
    pub verdict: Verdict,
    /// What it is like.
    pub finding: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Whether events or deliveries are lost if nobody does it.
    pub loss: bool,
}

/// How it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// Well.
    Ok,
    /// To look at.
    Warn,
    /// Somebody has to act.
    Bad,
}

impl Finding {
    /// It is well.
    pub fn ok(check: &'static str, subject: impl Into<String>, finding: impl Into<String>) -> Self {
        Self {
            check,
            subject: subject.into(),
            verdict: Verdict::Ok,
            finding: finding.into(),
            remedy: None,
            loss: false,
        }
    }

    /// It is to be looked at.
    pub fn warn(
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

    /// Somebody has to act.
    pub fn bad(
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

    /// Bad, or about to lose something.
    pub fn is_grave(&self) -> bool {
        self.verdict == Verdict::Bad || self.loss
    }

    /// If nobody does anything, something is lost.
    pub fn with_loss(self) -> Self {
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

/// `12 ok, 2 to look at (1 of them loses something), 1 bad`.
pub fn summary(findings: &[Finding]) -> String {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bad_is_grave_and_so_is_what_loses_something() {
        let ok = Finding::ok("pipes", "router", "runs");
        let warn = Finding::warn("queues", "invoices", "full", "look");
        let bad = Finding::bad("pipes", "router", "gone", "apply");
        for (finding, expected) in [
            (&ok, false),
            (&warn, false),
            (&warn.clone().with_loss(), true),
            (&bad, true),
        ] {
            assert_eq!(finding.is_grave(), expected, "{finding:?}");
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
    fn programs_see_all_of_a_finding() {
        let warn = Finding::warn("queues", "invoices", "full", "look").with_loss();
        assert_eq!(
            serde_json::to_string(&warn).unwrap(),
            r#"{"check":"queues","subject":"invoices","verdict":"warn","finding":"full","remedy":"look","loss":true}"#
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
        assert!(unseen.finding.contains("pipes:DescribePipe"), "{unseen:?}");
    }
}
