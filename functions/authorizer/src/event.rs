use domain::Lane;
use runtime::{ClientCert, MultiHeaders, MultiQuery, SingleHeaders};
use serde::{Deserialize, Serialize};

/// What API Gateway sends about a request: the parts that are used.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-input.html>
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizerRequest<'a> {
    #[serde(default)]
    pub(crate) method_arn: String,
    #[serde(default)]
    pub(crate) http_method: String,
    #[serde(borrow)]
    pub(crate) multi_value_query_string_parameters: Option<MultiQuery<'a>>,
    #[serde(borrow)]
    pub(crate) headers: Option<SingleHeaders<'a>>,
    #[serde(borrow)]
    pub(crate) multi_value_headers: Option<MultiHeaders<'a>>,
    pub(crate) path_parameters: Option<PathParameters>,
    #[serde(default)]
    pub(crate) request_context: RequestContext,
}

#[derive(Debug, Default, Deserialize)]
pub(crate) struct PathParameters {
    pub(crate) endpoint: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RequestContext {
    /// Names the request in the access log.
    pub(crate) request_id: Option<String>,
    /// For instance `/hooks/{endpoint}`.
    pub(crate) resource_path: Option<String>,
    #[serde(default)]
    pub(crate) identity: Identity,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Identity {
    pub(crate) source_ip: Option<String>,
    /// Of requests by a domain with mutual TLS. `None` on others.
    pub(crate) client_cert: Option<ClientCert>,
}

/// The answer: a policy for exactly this method, and what the next function needs to know.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html>
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AuthorizerResponse {
    principal_id: String,
    policy_document: PolicyDocument,
    context: Context,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct PolicyDocument {
    version: &'static str,
    statement: [Statement; 1],
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Statement {
    action: &'static str,
    effect: &'static str,
    resource: String,
}

/// Values are strings: API Gateway accepts no objects.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Context {
    /// For `ingest`.
    Standard { endpoint: String },
    /// For the integration with S3.
    Direct(DirectContext),
    /// For the gateway response of a denial (decision 0052).
    Denied(Denial),
}

/// What the caller is answered with the 403. API Gateway has a variable `$context.authorizer.error` of its own, so no
/// member has that name.
#[derive(Debug, Serialize)]
pub(crate) struct Denial {
    #[serde(rename = "denial_code")]
    code: &'static str,
    #[serde(rename = "denial_message")]
    message: String,
}

impl Denial {
    /// API Gateway puts the message between the quotes of a JSON text as it is.
    pub(crate) fn new(code: &'static str, message: &str) -> Self {
        let plain = |c: char| match c {
            '"' | '\\' => '\'',
            ' '..='~' => c,
            _ => '?',
        };
        Self {
            code,
            message: message.chars().map(plain).collect(),
        }
    }

    /// The same for all, since headers prove nothing. It does not hide which endpoints exist:
    /// decision 0034.
    pub(crate) fn forbidden() -> Self {
        let message = format!(
            "unknown endpoint, not allowed from here, or the wrong lane: an endpoint takes its deliveries at \
             {}/{{endpoint}} or, in the direct lane, at {}/{{endpoint}}",
            Lane::Standard.path(),
            Lane::Direct.path()
        );
        Self::new("forbidden", &message)
    }
}

/// Where API Gateway puts a direct delivery, and what it passes to `admit` about it.
/// Contract: decision 0022.
#[derive(Debug, Serialize)]
pub(crate) struct DirectContext {
    pub(crate) name: String,
    pub(crate) shard: char,
    pub(crate) hour: String,
    pub(crate) delivery: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) sha256: Option<String>,
    /// Of an endpoint that keeps its payloads for fewer days than others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tagging: Option<String>,
}

impl AuthorizerResponse {
    pub(crate) fn allow(principal: &str, method_arn: String, config: String) -> Self {
        let context = Context::Standard { endpoint: config };
        Self::new(principal, "Allow", method_arn, context)
    }

    pub(crate) fn allow_direct(method_arn: String, context: DirectContext) -> Self {
        let principal = context.name.clone();
        Self::new(&principal, "Allow", method_arn, Context::Direct(context))
    }

    pub(crate) fn deny(method_arn: String, denial: Denial) -> Self {
        let context = Context::Denied(denial);
        Self::new("nobody", "Deny", method_arn, context)
    }

    fn new(principal: &str, effect: &'static str, resource: String, context: Context) -> Self {
        let statement = [Statement {
            action: "execute-api:Invoke",
            effect,
            resource,
        }];
        Self {
            principal_id: principal.to_owned(),
            policy_document: PolicyDocument {
                version: "2012-10-17",
                statement,
            },
            context,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denial_cannot_leave_the_quotes_around_it() {
        let denial = Denial::new("forbidden", "a \"b\" \\ \n \u{e9} {endpoint}");
        let text = format!(r#"{{"message":"{}"}}"#, denial.message);
        let read: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(read["message"], "a 'b' ' ? ? {endpoint}");
    }
}
