use aws::operator::{Lines, Logs};
use domain::{SignedDuration, format_time};
use serde_json::Value;

use super::{
    super::finding::{About, Finding},
    each,
};
use crate::{Stack, logs::has_error_level, stack::DeployedFunction};

const BACK: SignedDuration = SignedDuration::from_hours(1);

const PATTERN: &str = r#"{ $.level = "ERROR" }"#;

/// The fields of a line that say why; nothing else of it is shown but its message.
const WHY: [&str; 6] = [
    "code",
    "problem",
    "cause",
    "reason",
    "failure",
    "errorMessage",
];

/// The longest text of a finding, in characters; a longer one is cut.
const AT_MOST: usize = 200;

/// The errors that functions have logged in the last hour.
pub(in super::super) async fn logs(stack: &Stack) -> Vec<Finding> {
    let logs = &Logs::new(&stack.sdk);
    let now = (stack.now)();
    let since = now.checked_sub(BACK).unwrap_or(now);
    each(
        stack.description.functions.values(),
        move |one: &DeployedFunction| async move {
            let read = logs.lines(&one.log_group, since, PATTERN, is_error).await;
            let finding = match read {
                Ok(lines) => judge(one, &lines),
                Err(error) => Finding::unchecked(&one.name, &error),
            };
            vec![finding.about(About::Function(one.name.clone()))]
        },
    )
    .await
}

fn is_error(line: &str) -> bool {
    serde_json::from_str(line).is_ok_and(|line| has_error_level(&line))
}

fn judge(function: &DeployedFunction, lines: &Lines) -> Finding {
    let Some((at, newest)) = &lines.newest else {
        return Finding::ok(&function.name, "none");
    };
    let more = if lines.more { " or more" } else { "" };
    Finding::warn(
        &function.name,
        format!(
            "{}{more}; the last one at {}: {}",
            lines.count,
            format_time(*at),
            summarize(newest)
        ),
        format!("coatcheck logs {} --since 1h --errors", function.name),
    )
}

/// What happened, and why as far as the line says so.
fn summarize(line: &str) -> String {
    let Ok(line) = serde_json::from_str::<Value>(line) else {
        return "a line that is not JSON".to_owned();
    };
    let field = |name: &str| line.get(name).and_then(Value::as_str);
    let what = field("message").unwrap_or("no message");
    let text = std::iter::once(what).chain(WHY.into_iter().filter_map(field));
    let text = text.collect::<Vec<_>>().join(": ");
    let cut = text.char_indices().nth(AT_MOST).map(|(at, _)| at);
    let shown = text.get(..cut.unwrap_or(text.len())).unwrap_or_default();
    let dots = if cut.is_some() { "..." } else { "" };
    format!("{}{dots}", shown.escape_debug())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::finding::Severity;

    #[test]
    fn the_newest_is_told_with_its_reason_and_nothing_else() {
        let line = r#"{"level":"ERROR","message":"refused","code":"misconfigured","cause":"no\nright","ref":"a/b","body":"x"}"#;
        assert_eq!(summarize(line), "refused: misconfigured: no\\nright");
        assert_eq!(summarize("panicked"), "a line that is not JSON");
        let long = format!(r#"{{"message":"{}"}}"#, "ä".repeat(500));
        assert_eq!(summarize(&long).chars().count(), AT_MOST + 3);
    }

    #[test]
    fn errors_are_counted() {
        let ingest = DeployedFunction {
            name: "coatcheck-ingest".to_owned(),
            log_group: "/aws/lambda/coatcheck-ingest".to_owned(),
        };
        assert_eq!(judge(&ingest, &Lines::default()).verdict, Severity::Ok);
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
