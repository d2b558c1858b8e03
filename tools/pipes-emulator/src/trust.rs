//! Whether a role's trust policy lets EventBridge Pipes take the role on for one pipe. Pure.

use serde_json::Value;

/// The principal that runs pipes.
const PIPES: &str = "pipes.amazonaws.com";

/// Who asks: AWS sets these two condition keys.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Caller<'a> {
    pub(crate) account: &'a str,
    pub(crate) pipe_arn: &'a str,
}

/// Whether the document trusts the pipe, and whether it needed the source keys to say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Trust {
    /// Trusted whoever asks through Pipes.
    Any,
    /// Trusted because of `aws:SourceAccount` or `aws:SourceArn`.
    Source,
    /// Not trusted.
    No,
}

/// Reads a trust policy. A matching `Deny` wins; a condition on any other key counts as unmet.
pub(crate) fn trust(document: &str, caller: &Caller<'_>) -> Trust {
    let Ok(document) = serde_json::from_str::<Value>(document) else {
        return Trust::No;
    };
    let mut verdict = Trust::No;
    for statement in list(document.get("Statement")) {
        let applies = list(statement.get("Action"))
            .iter()
            .filter_map(Value::as_str)
            .any(is_assume)
            && names_pipes(statement.get("Principal"));
        let conditions = statement.get("Condition").and_then(Value::as_object);
        let conditional = conditions.is_some_and(|conditions| !conditions.is_empty());
        let met = conditions.is_none_or(|conditions| {
            conditions
                .iter()
                .all(|(operator, keys)| met(operator, keys, caller))
        });
        if !applies || !met {
            continue;
        }
        match (statement.get("Effect").and_then(Value::as_str), conditional) {
            (Some("Deny"), _) => return Trust::No,
            (Some("Allow"), false) => verdict = Trust::Any,
            (Some("Allow"), true) if verdict == Trust::No => verdict = Trust::Source,
            _ => {}
        }
    }
    verdict
}

fn is_assume(action: &str) -> bool {
    matches!(
        action.to_ascii_lowercase().as_str(),
        "sts:assumerole" | "sts:*" | "*"
    )
}

fn names_pipes(principal: Option<&Value>) -> bool {
    match principal {
        Some(Value::String(any)) => any == "*",
        Some(Value::Object(kinds)) => list(kinds.get("Service"))
            .iter()
            .filter_map(Value::as_str)
            .any(|service| service == PIPES),
        _ => false,
    }
}

fn met(operator: &str, keys: &Value, caller: &Caller<'_>) -> bool {
    // Pipes always sets both keys, so whether one exists is no question.
    let operator = operator.strip_suffix("IfExists").unwrap_or(operator);
    let Some(keys) = keys.as_object() else {
        return false;
    };
    keys.iter().all(|(key, allowed)| {
        let actual = match key.to_ascii_lowercase().as_str() {
            "aws:sourceaccount" => caller.account,
            "aws:sourcearn" => caller.pipe_arn,
            _ => return false,
        };
        list(Some(allowed))
            .iter()
            .filter_map(Value::as_str)
            .any(|wanted| match operator {
                "StringEquals" => wanted == actual,
                "StringLike" | "ArnEquals" | "ArnLike" => like(wanted, actual),
                _ => false,
            })
    })
}

/// `*` for any text, `?` for one character.
fn like(pattern: &str, text: &str) -> bool {
    let mut chars = pattern.chars();
    match chars.next() {
        None => text.is_empty(),
        Some('*') => {
            let rest = chars.as_str();
            let mut ends = text
                .char_indices()
                .map(|(at, _)| at)
                .chain(std::iter::once(text.len()));
            ends.any(|at| text.get(at..).is_some_and(|tail| like(rest, tail)))
        }
        Some(wanted) => {
            let mut text = text.chars();
            text.next().is_some_and(|c| wanted == '?' || wanted == c)
                && like(chars.as_str(), text.as_str())
        }
    }
}

fn list(value: Option<&Value>) -> Vec<Value> {
    match value {
        None => Vec::new(),
        Some(Value::Array(items)) => items.clone(),
        Some(one) => vec![one.clone()],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CALLER: Caller<'static> = Caller {
        account: "000000000000",
        pipe_arn: "arn:aws:pipes:us-east-1:000000000000:pipe/p",
    };

    fn of(principal: &Value, condition: &Value) -> Trust {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition});
        trust(&json!({"Statement": [statement]}).to_string(), &CALLER)
    }

    #[test]
    fn the_principal_must_be_pipes() {
        assert_eq!(
            of(&json!({"Service": ["x.amazonaws.com", PIPES]}), &json!({})),
            Trust::Any
        );
        assert_eq!(
            of(&json!({"Service": "lambda.amazonaws.com"}), &json!({})),
            Trust::No
        );
        assert_eq!(
            of(
                &json!({"AWS": "arn:aws:iam::000000000000:root"}),
                &json!({})
            ),
            Trust::No
        );
        assert_eq!(trust("{", &CALLER), Trust::No);
    }

    #[test]
    fn source_conditions_are_judged() {
        let pipes = json!({"Service": PIPES});
        let account = |account: &str| json!({"StringEquals": {"aws:SourceAccount": account}});
        assert_eq!(of(&pipes, &account("000000000000")), Trust::Source);
        assert_eq!(of(&pipes, &account("111111111111")), Trust::No);
        let arn = |arn: &str| json!({"ArnLike": {"aws:SourceArn": [arn]}});
        assert_eq!(
            of(&pipes, &arn("arn:aws:pipes:us-east-1:000000000000:pipe/*")),
            Trust::Source
        );
        assert_eq!(
            of(&pipes, &arn("arn:aws:pipes:us-east-1:000000000000:pipe/q*")),
            Trust::No
        );
        assert_eq!(
            of(
                &pipes,
                &json!({"StringEquals": {"aws:PrincipalTag/x": "y"}})
            ),
            Trust::No
        );
    }

    #[test]
    fn a_deny_wins() {
        let statement = |effect: &str| json!({"Effect": effect, "Principal": {"Service": PIPES}, "Action": "sts:AssumeRole"});
        let document = json!({"Statement": [statement("Allow"), statement("Deny")]});
        assert_eq!(trust(&document.to_string(), &CALLER), Trust::No);
    }

    #[test]
    fn wildcards() {
        assert!(like("a*c?", "abbcd") && like("*", "") && like("a**", "a"));
        assert!(!like("a?", "a") && !like("a*b", "ac"));
    }
}
