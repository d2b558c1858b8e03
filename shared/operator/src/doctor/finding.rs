use domain::StoreError;
use serde::Serialize;

use crate::{
    plural,
    problem::{in_short, next_step},
};

/// The result of one check of one thing.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The check, in a word: the same for all findings of a group.
    pub check: &'static str,
    /// What was checked.
    pub subject: String,
    /// How bad it is.
    pub verdict: Severity,
    /// What was found.
    pub finding: String,
    /// What to do about it.
    pub remedy: Option<String>,
    /// Whether events or deliveries are lost if you do not act.
    pub loss: bool,
    /// What has it, for a page that leads there. The subject says it to people and programs.
    #[serde(skip)]
    pub about: About,
}

/// What a finding is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum About {
    /// The stack as a whole, or a part of it that has no name of its own.
    #[default]
    Stack,
    /// The subscription of this name; `router` is the router.
    Subscription(String),
    /// The DLQ of this name.
    Dlq(String),
    /// The endpoint of this name.
    Endpoint(String),
    /// The function of this name.
    Function(String),
}

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Nothing to do.
    Ok,
    /// You should look at it.
    Warn,
    /// You must act.
    Bad,
}

impl Finding {
    /// A finding that needs nothing.
    pub fn ok(subject: impl Into<String>, finding: impl Into<String>) -> Self {
        Self {
            check: "",
            subject: subject.into(),
            verdict: Severity::Ok,
            finding: finding.into(),
            remedy: None,
            loss: false,
            about: About::Stack,
        }
    }

    /// A finding that you should look at.
    pub fn warn(
        subject: impl Into<String>,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Severity::Warn,
            remedy: Some(remedy.into()),
            ..Self::ok(subject, finding)
        }
    }

    /// A finding that you must act on.
    pub fn bad(
        subject: impl Into<String>,
        finding: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Self {
        Self {
            verdict: Severity::Bad,
            ..Self::warn(subject, finding, remedy)
        }
    }

    /// Whether it is bad, or something is lost unless you act.
    pub fn is_grave(&self) -> bool {
        self.verdict == Severity::Bad || self.loss
    }

    /// Says what it is about.
    pub(super) fn about(self, about: About) -> Self {
        Self { about, ..self }
    }

    /// Marks that something is lost unless you act.
    pub fn with_loss(self) -> Self {
        Self { loss: true, ..self }
    }

    /// A warning that the check could not be made, and why.
    pub(super) fn unchecked(subject: impl Into<String>, error: &StoreError) -> Self {
        let why = in_short(error);
        Self::warn(subject, format!("not checked: {why}"), next_step(error))
    }
}

/// `12 ok, 2 warnings (1 with a risk of loss), 1 bad`.
pub fn summary(findings: &[Finding]) -> String {
    let count = |verdict| {
        let some = findings.iter().filter(|finding| finding.verdict == verdict);
        some.count()
    };
    let losing = findings
        .iter()
        .filter(|finding| finding.verdict == Severity::Warn && finding.is_grave());
    let losing = match losing.count() {
        0 => String::new(),
        some => format!(" ({some} with a risk of loss)"),
    };
    format!(
        "{} ok, {}{losing}, {} bad",
        count(Severity::Ok),
        plural(count(Severity::Warn), "warning"),
        count(Severity::Bad)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_bad_is_grave_and_so_is_what_loses_something() {
        let ok = Finding::ok("router", "runs");
        let warn = Finding::warn("invoices", "full", "look");
        let bad = Finding::bad("router", "gone", "apply");
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
            "2 ok, 1 warning, 1 bad"
        );
        assert_eq!(
            summary(&[warn.clone(), warn.with_loss()]),
            "0 ok, 2 warnings (1 with a risk of loss), 0 bad"
        );
    }

    #[test]
    fn programs_see_all_of_a_finding() {
        let warn = Finding {
            check: "queues",
            ..Finding::warn("invoices", "full", "look").with_loss()
        };
        // The subject says what it is about.
        let warn = warn.about(About::Subscription("invoices".to_owned()));
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
        let unseen = Finding::unchecked("router", &error);
        assert_eq!(unseen.verdict, Severity::Warn);
        assert!(unseen.finding.contains("pipes:DescribePipe"), "{unseen:?}");
    }
}
