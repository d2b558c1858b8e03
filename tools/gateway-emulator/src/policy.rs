//! The policy in an authorizer's answer. Pure.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>

use emulator::{like, list};
use serde_json::Value;

/// What the policy says about a method.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Decision {
    Allow,
    /// A statement denies it.
    ExplicitDeny,
    /// No statement matches it.
    ImplicitDeny,
}

/// Evaluates a policy document; a matching `Deny` wins.
///
/// # Errors
/// It is not a policy, or has a part that is not supported here.
pub(crate) fn judge(document: &Value, method_arn: &str) -> Result<Decision, &'static str> {
    let statements = document
        .get("Statement")
        .ok_or("the policy has no Statement")?;
    let mut decision = Decision::ImplicitDeny;
    for statement in list(statements) {
        let statement = statement
            .as_object()
            .ok_or("a statement is not an object")?;
        let known = ["Action", "Effect", "Resource", "Sid"];
        if !statement.keys().all(|key| known.contains(&key.as_str())) {
            return Err("a statement has a member other than Action, Effect, Resource and Sid");
        }
        let action = statement.get("Action").ok_or("a statement has no Action")?;
        let resource = statement
            .get("Resource")
            .ok_or("a statement has no Resource")?;
        let applies = list(action)
            .iter()
            .filter_map(Value::as_str)
            .any(|pattern| like(&pattern.to_ascii_lowercase(), "execute-api:invoke"))
            && list(resource)
                .iter()
                .filter_map(Value::as_str)
                .any(|pattern| like(pattern, method_arn));
        match statement.get("Effect").and_then(Value::as_str) {
            Some("Deny") if applies => return Ok(Decision::ExplicitDeny),
            Some("Allow") if applies => decision = Decision::Allow,
            Some("Allow" | "Deny") => {}
            _ => return Err("a statement's Effect is neither Allow nor Deny"),
        }
    }
    Ok(decision)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    const ARN: &str = "arn:aws:execute-api:us-east-1:000000000000:a1/v1/POST/direct/shop";

    fn statement(effect: &str, action: &str, resource: &str) -> Value {
        json!({"Effect": effect, "Action": action, "Resource": resource})
    }

    fn of(statements: &[Value]) -> Result<Decision, &'static str> {
        judge(
            &json!({"Version": "2012-10-17", "Statement": statements}),
            ARN,
        )
    }

    #[test]
    fn a_deny_wins_in_any_order() {
        let allow = statement("Allow", "execute-api:Invoke", ARN);
        let deny = statement("Deny", "execute-api:*", "*");
        assert_eq!(of(std::slice::from_ref(&allow)), Ok(Decision::Allow));
        assert_eq!(
            of(&[allow.clone(), deny.clone()]),
            Ok(Decision::ExplicitDeny)
        );
        assert_eq!(of(&[deny, allow]), Ok(Decision::ExplicitDeny));
        assert_eq!(of(&[]), Ok(Decision::ImplicitDeny));
    }

    #[test]
    fn wildcards() {
        let by = |resource: &str| of(&[statement("Allow", "execute-api:Invoke", resource)]);
        assert_eq!(
            by("arn:aws:execute-api:*:*:a1/*/POST/direct/*"),
            Ok(Decision::Allow)
        );
        assert_eq!(
            by("arn:aws:execute-api:*:*:a1/v?/*/direct/shop"),
            Ok(Decision::Allow)
        );
        assert_eq!(
            by("arn:aws:execute-api:*:*:a2/*"),
            Ok(Decision::ImplicitDeny)
        );
        assert_eq!(
            by("arn:aws:execute-api:*:*:a1/v1/POST/direct/sho"),
            Ok(Decision::ImplicitDeny)
        );
        assert_eq!(
            of(&[statement("Allow", "s3:*", "*")]),
            Ok(Decision::ImplicitDeny)
        );
    }

    #[test]
    fn lists_and_what_is_no_policy() {
        let many = json!({"Effect": "Allow", "Action": ["x:y", "execute-api:Invoke"], "Resource": ["x", ARN]});
        assert_eq!(judge(&json!({"Statement": many}), ARN), Ok(Decision::Allow));
        assert!(judge(&json!({}), ARN).is_err());
        assert!(of(&[json!({"Effect": "Allow", "Action": "*"})]).is_err());
        assert!(of(&[statement("allow", "*", "*")]).is_err());
        assert!(
            of(&[json!({"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": {}})])
                .is_err()
        );
    }
}
