//! The logs of functions.

pub use aws::operator::LogLine;
use aws::operator::Logs;
use domain::{SignedDuration, Timestamp};
use serde_json::Value;

use crate::{Problem, Result, Stack, seen::SeenIds, stack::unknown};

/// CloudWatch may show a line later than one that was written after it.
const LOOK_BACK: SignedDuration = SignedDuration::from_secs(30);

/// What only a failed function writes, in a line that is not JSON.
const FAILED: [&str; 3] = ["panicked", "Task timed out", "Runtime."];

/// The lines of a log group, each read once.
#[derive(Debug)]
pub struct Log {
    /// The log group.
    pub group: String,
    /// Lines are read from this time on.
    pub since: Timestamp,
    seen: SeenIds<String>,
}

impl Log {
    /// The log of a function, by its short or its full name, or of a log group, whose name
    /// begins with `/`.
    pub fn of(stack: &Stack, name: &str, since: Timestamp) -> Result<Self> {
        Ok(Self {
            group: group(stack, name)?,
            since,
            seen: SeenIds::default(),
        })
    }

    /// Whether no line was read so far.
    pub fn is_empty(&self) -> bool {
        self.seen.is_empty()
    }

    /// Passes each new line to `show`; with `errors`, only lines that are errors.
    pub async fn read_new<E: From<Problem>>(
        &mut self,
        stack: &Stack,
        pattern: Option<&str>,
        errors: bool,
        mut show: impl FnMut(&LogLine) -> Result<(), E>,
    ) -> Result<(), E> {
        let logs = Logs::new(&stack.sdk);
        let lines = logs.since(&self.group, self.since, pattern).await;
        for line in lines.map_err(Problem::from)? {
            if errors && !is_error(&line.text) {
                continue;
            }
            if self.seen.is_new(&line.id, line.at) {
                show(&line)?;
            }
        }
        Ok(())
    }

    /// Moves `since` forward, and forgets lines that no later read returns.
    pub fn advance(&mut self, stack: &Stack) {
        let back = (stack.now)().saturating_sub(LOOK_BACK);
        self.since = self.since.max(back.unwrap_or(self.since));
        self.seen.forget_before(self.since);
    }
}

/// The log group of a function by its short or full name; a log group's name stays as it is.
fn group(stack: &Stack, name: &str) -> Result<String> {
    if name.starts_with('/') {
        return Ok(name.to_owned());
    }
    let functions = &stack.description.functions;
    let found = functions.get(name).or_else(|| {
        let whole = format!("{}-{name}", stack.description.stack);
        let mut all = functions.values();
        all.find(|function| function.name == name || function.name == whole)
    });
    match found {
        Some(function) => Ok(function.log_group.clone()),
        None => Err(unknown("function", name, functions.keys())),
    }
}

fn is_error(line: &str) -> bool {
    match serde_json::from_str(line) {
        Ok(line) => has_error_level(&line),
        Err(_) => FAILED.iter().any(|word| line.contains(word)),
    }
}

/// Whether a line of JSON has the level ERROR.
pub(crate) fn has_error_level(line: &Value) -> bool {
    line.get("level").is_some_and(|level| level == "ERROR")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_are_those_of_ours_and_those_of_the_runtime() {
        for bad in [
            r#"{"level":"ERROR","message":"refused"}"#,
            "thread 'main' panicked at src/main.rs",
            "2026-11-26T10:00:00Z 3f Task timed out after 29.00 seconds",
            "RequestId: 3f Error: Runtime exited with error: Runtime.ExitError",
        ] {
            assert!(is_error(bad), "{bad}");
        }
        for good in [
            r#"{"level":"INFO","message":"an ERROR"}"#,
            r#"{"level":"INFO","message":"panicked"}"#,
            "START RequestId: 3f",
        ] {
            assert!(!is_error(good), "{good}");
        }
    }
}
