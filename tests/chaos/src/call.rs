//! Which call of which service a request is: `s3:PutObject`.

use hyper::{header, http::request::Parts};

/// What an error of a service looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// S3: XML.
    S3,
    /// XML around the error: SNS, STS.
    Query,
    /// JSON, and the action in a header: DynamoDB, SQS.
    Json,
    /// JSON, and the action in the path: Lambda.
    Rest,
}

/// A call, as far as faults are chosen by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Call {
    /// The service as the request is signed for it, and the action: `dynamodb:PutItem`.
    pub class: String,
    /// How it is answered.
    pub protocol: Protocol,
}

impl Call {
    /// Reads a request of an SDK.
    #[must_use]
    pub(crate) fn of(request: &Parts, body: &[u8]) -> Self {
        let service = service(request);
        let (protocol, action) = if service == "s3" {
            (Protocol::S3, of_s3(request).to_owned())
        } else if let Some(target) = text(request, "x-amz-target") {
            let action = target.rsplit('.').next().unwrap_or(target);
            (Protocol::Json, action.to_owned())
        } else if let Some(action) = in_form(body) {
            (Protocol::Query, action)
        } else {
            (Protocol::Rest, in_path(request))
        };
        Self {
            class: format!("{service}:{action}"),
            protocol,
        }
    }
}

fn text<'a>(request: &'a Parts, name: &str) -> Option<&'a str> {
    request.headers.get(name)?.to_str().ok()
}

/// From the scope of the credential: `Credential=KEY/DATE/REGION/SERVICE/aws4_request`.
fn service(request: &Parts) -> &str {
    let scope = text(request, header::AUTHORIZATION.as_str())
        .and_then(|value| value.split("Credential=").nth(1))
        .and_then(|value| value.split(',').next());
    scope
        .and_then(|scope| scope.split('/').nth(3))
        .unwrap_or("unsigned")
}

fn of_s3(request: &Parts) -> &'static str {
    let path = request.uri.path().trim_start_matches('/');
    let is_object = path.split_once('/').is_some_and(|(_, key)| !key.is_empty());
    let query = request.uri.query().unwrap_or_default();
    match (request.method.as_str(), is_object) {
        ("PUT", true) if request.headers.contains_key("x-amz-copy-source") => "CopyObject",
        ("PUT", true) if query.contains("tagging") => "PutObjectTagging",
        ("PUT", true) => "PutObject",
        ("GET", true) => "GetObject",
        ("HEAD", true) => "HeadObject",
        ("DELETE", true) => "DeleteObject",
        ("GET", false) if query.contains("versions") => "ListObjectVersions",
        ("GET", false) => "ListObjects",
        ("POST", false) => "DeleteObjects",
        _ => "Other",
    }
}

/// The query protocol: `Action=Publish&...`.
fn in_form(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?;
    let field = text.split('&').find_map(|one| one.strip_prefix("Action="));
    field.map(str::to_owned)
}

/// The last word of the path: `/2015-03-31/functions/f/invocations`.
fn in_path(request: &Parts) -> String {
    let last = request.uri.path().rsplit('/').next().unwrap_or_default();
    format!("{} {last}", request.method)
}

#[cfg(test)]
mod tests {
    use hyper::Request;

    use super::*;

    fn class(method: &str, uri: &str, service: &str, target: Option<&str>, body: &str) -> Call {
        let credential = format!(
            "AWS4-HMAC-SHA256 Credential=AKIA/20261128/us-east-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
        );
        let mut request = Request::builder()
            .method(method)
            .uri(uri)
            .header("authorization", credential);
        if let Some(target) = target {
            request = request.header("x-amz-target", target);
        }
        let (parts, ()) = request.body(()).unwrap().into_parts();
        Call::of(&parts, body.as_bytes())
    }

    #[test]
    fn each_protocol_names_its_action_at_its_own_place() {
        for (method, uri, service, target, body, expected) in [
            ("PUT", "/bucket/a/b", "s3", None, "", "s3:PutObject"),
            (
                "GET",
                "/bucket/a?x-id=GetObject",
                "s3",
                None,
                "",
                "s3:GetObject",
            ),
            (
                "GET",
                "/bucket?list-type=2",
                "s3",
                None,
                "",
                "s3:ListObjects",
            ),
            (
                "GET",
                "/bucket/?versions",
                "s3",
                None,
                "",
                "s3:ListObjectVersions",
            ),
            (
                "POST",
                "/",
                "dynamodb",
                Some("DynamoDB_20120810.PutItem"),
                "{}",
                "dynamodb:PutItem",
            ),
            (
                "POST",
                "/",
                "sns",
                None,
                "Action=Publish&Message=x",
                "sns:Publish",
            ),
            (
                "POST",
                "/2015-03-31/functions/f/invocations",
                "lambda",
                None,
                "{}",
                "lambda:POST invocations",
            ),
        ] {
            assert_eq!(class(method, uri, service, target, body).class, expected);
        }
    }

    #[test]
    fn what_is_not_signed_is_no_service() {
        let (parts, ()) = Request::get("/x").body(()).unwrap().into_parts();
        assert_eq!(Call::of(&parts, b"").class, "unsigned:GET x");
    }
}
