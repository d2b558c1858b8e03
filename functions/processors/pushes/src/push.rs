use std::fmt;

use serde::{Deserialize, de::IgnoredAny};

/// What this processor reads of a GitHub push.
/// <https://docs.github.com/en/webhooks/webhook-events-and-payloads#push>
#[derive(Debug, Deserialize)]
pub(crate) struct Push {
    /// For instance `refs/heads/main`.
    #[serde(rename = "ref")]
    reference: String,
    repository: Repository,
    pusher: Pusher,
    /// Of a branch: its new commits, at most 2,048. Of a deletion: none.
    #[serde(default)]
    commits: Vec<IgnoredAny>,
    #[serde(default)]
    deleted: bool,
}

#[derive(Debug, Deserialize)]
struct Repository {
    full_name: String,
}

#[derive(Debug, Deserialize)]
struct Pusher {
    name: String,
}

/// It is not a push. Shows where, and nothing of the payload: its content does
/// not belong in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Problem {
    line: usize,
    column: usize,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { line, column } = self;
        write!(
            f,
            "the payload is not a GitHub push: see line {line}, column {column}"
        )
    }
}

impl Push {
    /// Reads the payload; ignores everything else.
    pub(crate) fn read(payload: &[u8]) -> Result<Self, Problem> {
        serde_json::from_slice(payload).map_err(|error| Problem {
            line: error.line(),
            column: error.column(),
        })
    }

    /// The branch or tag as people call it.
    fn short_name(&self) -> &str {
        ["refs/heads/", "refs/tags/"]
            .iter()
            .find_map(|prefix| self.reference.strip_prefix(prefix))
            .unwrap_or(&self.reference)
    }
}

impl fmt::Display for Push {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: ", self.repository.full_name, self.short_name())?;
        match (self.deleted, self.commits.len()) {
            (true, _) => write!(f, "deleted")?,
            (false, 1) => write!(f, "1 commit")?,
            (false, count) => write!(f, "{count} commits")?,
        }
        write!(f, " by {}", self.pusher.name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push(reference: &str, commits: &str, deleted: bool) -> String {
        Push::read(
            format!(
                r#"{{"ref":"{reference}","before":"0000","after":"1111","deleted":{deleted},
                    "repository":{{"id":1,"full_name":"octo/hello","private":false}},
                    "pusher":{{"name":"monalisa","email":"m@example.com"}},
                    "commits":{commits},"head_commit":null}}"#
            )
            .as_bytes(),
        )
        .unwrap()
        .to_string()
    }

    #[test]
    fn says_who_pushed_how_much_to_what() {
        let three = r#"[{"id":"a","message":"}"},{"id":"b"},{"id":"c"}]"#;
        assert_eq!(
            push("refs/heads/main", three, false),
            "octo/hello main: 3 commits by monalisa"
        );
        assert_eq!(
            push("refs/heads/feature/x", r#"[{"id":"a"}]"#, false),
            "octo/hello feature/x: 1 commit by monalisa"
        );
        assert_eq!(
            push("refs/tags/v1", "[]", false),
            "octo/hello v1: 0 commits by monalisa"
        );
        assert_eq!(
            push("refs/heads/old", "[]", true),
            "octo/hello old: deleted by monalisa"
        );
    }

    #[test]
    fn what_is_no_push_is_told_without_showing_it() {
        for payload in [
            &b""[..],
            b"payload=%7B%7D",
            b"{\"ref\":\"secret\"",
            b"{}",
            br#"{"ref":"r","repository":"secret","pusher":{"name":"x"}}"#,
        ] {
            let problem = Push::read(payload).unwrap_err().to_string();
            assert!(!problem.contains("secret"), "{problem}");
        }
    }
}
