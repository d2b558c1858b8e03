//! Condition keys that a service sends along with a call, and that the local cloud's policy simulator does not take. Pure.

use serde_json::Value;

use crate::pattern::{like, list};

/// What a service says about a call: names of condition keys, and their values.
pub type CallContext<'a> = [(&'a str, &'a str)];

/// A policy without the conditions on keys of the context: a statement whose condition is met no longer has it, and one
/// whose condition is not met is gone. Other conditions stay. `None` if the text is not a policy.
pub(crate) fn settled(policy: &str, context: &CallContext<'_>) -> Option<String> {
    let mut policy: Value = serde_json::from_str(policy).ok()?;
    let statements = policy.get("Statement").map_or(&[][..], list);
    let kept: Vec<Value> = statements
        .iter()
        .filter_map(|statement| settle(statement.clone(), context))
        .collect();
    *policy.get_mut("Statement")? = Value::Array(kept);
    Some(policy.to_string())
}

fn settle(mut statement: Value, context: &CallContext<'_>) -> Option<Value> {
    if let Some(conditions) = statement
        .get_mut("Condition")
        .and_then(Value::as_object_mut)
    {
        for (operator, keys) in conditions.iter_mut() {
            let keys = keys.as_object_mut()?;
            for (key, actual) in context {
                let name = keys
                    .keys()
                    .find(|name| name.eq_ignore_ascii_case(key))
                    .cloned();
                if let Some(wanted) = name.and_then(|name| keys.remove(&name))
                    && !met(operator, &wanted, actual)
                {
                    return None;
                }
            }
        }
        conditions.retain(|_, keys| keys.as_object().is_some_and(|keys| !keys.is_empty()));
    }
    Some(statement)
}

/// Whether a key with this value meets the condition. An operator that is not known here is never met.
pub(crate) fn met(operator: &str, wanted: &Value, actual: &str) -> bool {
    // The service always sends its keys, so `IfExists` changes nothing.
    let operator = operator.strip_suffix("IfExists").unwrap_or(operator);
    let mut wanted = list(wanted).iter().filter_map(Value::as_str);
    match operator {
        "StringEquals" => wanted.any(|wanted| wanted == actual),
        "StringLike" | "ArnEquals" | "ArnLike" => wanted.any(|wanted| like(wanted, actual)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const CONTEXT: &CallContext<'static> = &[("iam:PassedToService", "ecs-tasks.amazonaws.com")];

    fn statements(condition: &Value) -> Value {
        let statement = json!({"Effect": "Allow", "Action": "iam:PassRole", "Resource": "r", "Condition": condition});
        let policy = json!({"Version": "2012-10-17", "Statement": statement}).to_string();
        let settled: Value = serde_json::from_str(&settled(&policy, CONTEXT).unwrap()).unwrap();
        settled["Statement"].clone()
    }

    #[test]
    fn a_condition_that_is_met_goes_and_one_that_is_not_takes_its_statement_along() {
        let met =
            json!({"StringEquals": {"IAM:PassedToService": ["x", "ecs-tasks.amazonaws.com"]}});
        assert_eq!(statements(&met)[0]["Condition"], json!({}));
        for other in [
            json!({"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
            json!({"StringNotEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}),
            json!({"StringEquals": "x"}),
        ] {
            assert_eq!(statements(&other), json!([]), "{other}");
        }
    }

    #[test]
    fn another_condition_stays_for_the_simulator() {
        let both =
            json!({"StringLike": {"iam:PassedToService": "ecs-*", "aws:PrincipalTag/x": "y"}});
        assert_eq!(
            statements(&both)[0]["Condition"],
            json!({"StringLike": {"aws:PrincipalTag/x": "y"}})
        );
        assert_eq!(settled("{", CONTEXT), None);
    }
}
