//! Whether a role's trust policy lets a service assume the role. Pure.

use serde_json::Value;

use crate::{
    condition,
    pattern::{like, list},
};

/// The service that asks. AWS sets the two condition keys `aws:SourceAccount` and `aws:SourceArn` for it.
#[derive(Debug, Clone, Copy)]
pub struct Caller<'a> {
    /// The service principal, such as `pipes.amazonaws.com`.
    pub service: &'static str,
    /// `aws:SourceAccount`: 12 digits.
    pub account: &'a str,
    /// `aws:SourceArn`: the ARN of the pipe, or of the method as it is declared.
    pub source_arn: &'a str,
}

/// Whether the document trusts the service, and whether it needed the source keys to say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Trust {
    /// For every source.
    Any,
    /// Because of `aws:SourceAccount` or `aws:SourceArn`.
    Source,
    /// Not at all.
    No,
}

/// Reads a trust policy. A matching `Deny` wins. A condition on any other key counts as unmet.
#[must_use]
pub(crate) fn trust(document: &str, caller: Caller<'_>) -> Trust {
    let document: Value = serde_json::from_str(document).unwrap_or_default();
    let mut verdict = Trust::No;
    for statement in document.get("Statement").map_or(&[][..], list) {
        let conditions = statement.get("Condition").and_then(Value::as_object);
        let conditional = conditions.is_some_and(|conditions| !conditions.is_empty());
        let met = conditions
            .into_iter()
            .flatten()
            .all(|(operator, keys)| met(operator, keys, caller));
        if !met || !is_assume(statement) || !names(statement, caller.service) {
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

fn strings(value: Option<&Value>) -> impl Iterator<Item = &str> {
    value.map_or(&[][..], list).iter().filter_map(Value::as_str)
}

fn is_assume(statement: &Value) -> bool {
    strings(statement.get("Action"))
        .any(|action| like(&action.to_ascii_lowercase(), "sts:assumerole"))
}

fn names(statement: &Value, service: &str) -> bool {
    match statement.get("Principal") {
        Some(Value::Object(kinds)) => strings(kinds.get("Service")).any(|name| name == service),
        any => strings(any).any(|name| name == "*"),
    }
}

fn met(operator: &str, keys: &Value, caller: Caller<'_>) -> bool {
    keys.as_object().is_some_and(|keys| {
        keys.iter().all(|(key, allowed)| {
            let actual = match key.to_ascii_lowercase().as_str() {
                "aws:sourceaccount" => caller.account,
                "aws:sourcearn" => caller.source_arn,
                _ => return false,
            };
            condition::met(operator, allowed, actual)
        })
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const SERVICE: &str = "pipes.amazonaws.com";
    const CALLER: Caller<'static> = Caller {
        service: SERVICE,
        account: "000000000000",
        source_arn: "arn:aws:pipes:us-east-1:000000000000:pipe/p",
    };

    fn of(principal: &Value, condition: &Value) -> Trust {
        let statement = json!({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", "Condition": condition});
        trust(&json!({"Statement": [statement]}).to_string(), CALLER)
    }

    #[test]
    fn the_principal_must_be_the_service() {
        let none = json!({});
        let many = json!({"Service": ["x.amazonaws.com", SERVICE]});
        assert_eq!(of(&many, &none), Trust::Any);
        assert_eq!(of(&json!("*"), &none), Trust::Any);
        for other in [
            json!({"Service": "lambda.amazonaws.com"}),
            json!({"AWS": "*"}),
            json!({"AWS": "arn:aws:iam::000000000000:root"}),
        ] {
            assert_eq!(of(&other, &none), Trust::No, "{other}");
        }
        assert_eq!(trust("{", CALLER), Trust::No);
    }

    #[test]
    fn source_conditions_are_judged() {
        let us = json!({"Service": SERVICE});
        let account = |account: &str| json!({"StringEquals": {"aws:SourceAccount": account}});
        assert_eq!(of(&us, &account("000000000000")), Trust::Source);
        assert_eq!(of(&us, &account("111111111111")), Trust::No);
        let arn = |arn: &str| json!({"ArnLike": {"AWS:SourceArn": [arn]}});
        let pipes = "arn:aws:pipes:us-east-1:000000000000:pipe/*";
        assert_eq!(of(&us, &arn(pipes)), Trust::Source);
        assert_eq!(of(&us, &arn(&pipes.replace('*', "q*"))), Trust::No);
        let tag = json!({"StringEquals": {"aws:PrincipalTag/x": "y"}});
        assert_eq!(of(&us, &tag), Trust::No);
    }

    #[test]
    fn a_deny_wins() {
        let statement = |effect: &str| json!({"Effect": effect, "Principal": {"Service": SERVICE}, "Action": "sts:*"});
        let document = json!({"Statement": [statement("Allow"), statement("Deny")]});
        assert_eq!(trust(&document.to_string(), CALLER), Trust::No);
    }
}
