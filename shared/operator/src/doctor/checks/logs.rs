use aws::operator::{Lines, Logs};
use domain::{SignedDuration, format_time};
use serde_json::Value;

use super::{super::finding::Finding, each};
use crate::{Stack, stack::Function};

const CHECK: &str = "errors";

const BACK: SignedDuration = SignedDuration::from_hours(1);

const PATTERN: &str = r#"{ $.level = "ERROR" }"#;

/// What a line may say of why, besides what happened; nothing else of it is shown.
const WHY: [&str; 6] = [
    "code",
    "problem",
    "cause",
    "reason",
    "failure",
    "errorMessage",
];

/// A text that is longer is cut: a line of the doctor is to be read.
const AT_MOST: usize = 200;

/// What the functions have complained about lately.
pub(in super::super) async fn logs(stack: &Stack) -> Vec<Finding> {
    let logs = &Logs::new(&stack.sdk);
    let now = (stack.now)();
    let since = now.checked_sub(BACK).unwrap_or(now);
    each(
        stack.description.functions.values(),
        move |one: &Function| async move {
            let read = logs.lines(&one.log_group, since, PATTERN, is_error).await;
            vec![match read {
                Ok(lines) => judge(one, &lines),
                Err(error) => Finding::unseen(CHECK, &one.name, &error),
            }]
        },
    )
    .await
}

fn is_error(line: &str) -> bool {
    let line = serde_json::from_str::<Value>(line);
    line.is_ok_and(|line| line.get("level").is_some_and(|level| level == "ERROR"))
}

fn judge(function: &Function, lines: &Lines) -> Finding {
    let Some((at, newest)) = &lines.newest else {
        return Finding::ok(CHECK, &function.name, "none");
    };
    let more = if lines.more { " or more" } else { "" };
    Finding::warn(
        CHECK,
        &function.name,
        format!(
            "{}{more}; the last one at {}: {}",
            lines.count,
            format_time(*at),
            told(newest)
        ),
        format!("coatcheck logs {} --since 1h --errors", function.name),
    )
}

/// What happened, and why as far as the line says so.
fn told(line: &str) -> String {
    let Ok(line) = serde_json::from_str::<Value>(line) else {
        return "a line that is no JSON".to_owned();
    };
    let text = |name: &str| line.get(name).and_then(Value::as_str);
    let mut told = text("message").unwrap_or("no message").to_owned();
    for why in WHY.into_iter().filter_map(text) {
        told.push_str(": ");
        told.push_str(why);
    }
    let cut = told.char_indices().nth(AT_MOST).map(|(at, _)| at);
    let shown = told.get(..cut.unwrap_or(told.len())).unwrap_or_default();
    let dots = if cut.is_some() { "..." } else { "" };
    format!("{}{dots}", shown.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Verdict;

    #[test]
    fn only_errors_are_errors() {
        assert!(is_error(r#"{"level":"ERROR","message":"refused"}"#));
        assert!(!is_error(r#"{"level":"INFO","message":"an ERROR"}"#));
        assert!(!is_error("ERROR"));
    }

    #[test]
    fn the_newest_is_told_with_its_reason_and_nothing_else() {
        let line = r#"{"level":"ERROR","message":"refused","code":"misconfigured","cause":"no\nright","ref":"a/b","body":"x"}"#;
        assert_eq!(told(line), "refused: misconfigured: no\\nright");
        assert_eq!(told("panicked"), "a line that is no JSON");
        let long = format!(r#"{{"message":"{}"}}"#, "ä".repeat(500));
        assert_eq!(told(&long).chars().count(), AT_MOST + 3);
    }

    #[test]
    fn errors_are_counted() {
        let ingest = Function {
            name: "coatcheck-ingest".to_owned(),
            log_group: "/aws/lambda/coatcheck-ingest".to_owned(),
        };
        assert_eq!(judge(&ingest, &Lines::default()).verdict, Verdict::Ok);
        let lines = Lines {
            count: 3,
            newest: Some((
                "2026-11-22T05:00:00Z".parse().unwrap(),
                r#"{"message":"refused"}"#.to_owned(),
            )),
            more: true,
        };
        let found = judge(&ingest, &lines);
        assert_eq!(
            found.finding,
            "3 or more; the last one at 2026-11-22T05:00:00.000Z: refused"
        );
        assert!(
            found
                .remedy
                .unwrap()
                .contains("coatcheck logs coatcheck-ingest --since 1h --errors")
        );
    }
}
