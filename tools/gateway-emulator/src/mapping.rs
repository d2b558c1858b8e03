//! Parameter mapping: which of a request's values go where in the call to S3. Pure.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/request-response-data-mappings.html>

use std::collections::{BTreeMap, HashMap};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::call::Call;
use crate::refusal::Refusal;

/// The characters that stay unchanged in a segment of a path.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');

/// The call to S3, without its body.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Mapped {
    /// Encoded, with a leading slash.
    pub(crate) target: String,
    /// The path, not encoded and without the leading slash: `bucket/key`.
    pub(crate) object: String,
    pub(crate) headers: Vec<(String, String)>,
}

/// The value of a mapping expression; `None` if its source is absent.
///
/// # Errors
/// An expression that is not supported here.
pub(crate) fn value(expression: &str, call: &Call) -> Result<Option<String>, Refusal> {
    let literal = expression
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    if let Some(literal) = literal {
        return Ok(Some(literal.to_owned()));
    }
    if let Some(name) = expression.strip_prefix("context.") {
        return call.context(name);
    }
    let request = expression.strip_prefix("method.request.");
    match request.and_then(|rest| rest.split_once('.')) {
        Some(("path", name)) => Ok(call.path_parameters.get(name).cloned()),
        Some(("header", name)) => Ok(call.header(name)),
        _ => Err(Refusal::misconfigured(format!(
            "the mapping from {expression} is not emulated here"
        ))),
    }
}

/// Maps a request onto `path`, the part of the integration's URI after `s3:path/`.
///
/// # Errors
/// A mapping or a path that is not supported here, or a part of the path without a value.
pub(crate) fn map(
    path: &str,
    parameters: &HashMap<String, String>,
    call: &Call,
) -> Result<Mapped, Refusal> {
    let mut of_path = BTreeMap::new();
    let mut headers = BTreeMap::new();
    for (target, source) in parameters {
        let target = target.strip_prefix("integration.request.");
        let (kind, name) = match target.and_then(|rest| rest.split_once('.')) {
            Some(("path", name)) => (&mut of_path, name),
            Some(("header", name)) => (&mut headers, name),
            _ => {
                return Err(Refusal::misconfigured(
                    "an integration's parameter is neither path nor header",
                ));
            }
        };
        if let Some(value) = value(source, call)? {
            kind.insert(name.to_owned(), value);
        }
    }
    let object = fill(path, |name| of_path.get(name).cloned())?;
    let encoded = fill(path, |name| of_path.get(name).map(|value| escape(value)))?;
    Ok(Mapped {
        target: format!("/{encoded}"),
        object,
        headers: headers.into_iter().collect(),
    })
}

fn escape(text: &str) -> String {
    utf8_percent_encode(text, ESCAPED).to_string()
}

/// Replaces each `{name}`.
fn fill(path: &str, value: impl Fn(&str) -> Option<String>) -> Result<String, Refusal> {
    let mut filled = String::new();
    let mut rest = path;
    while let Some((before, after)) = rest.split_once('{') {
        if before.ends_with('$') {
            return Err(Refusal::misconfigured(
                "stage variables in an integration's URI are not emulated here",
            ));
        }
        let (name, tail) = after
            .split_once('}')
            .ok_or_else(|| Refusal::misconfigured("the integration's URI has an unclosed brace"))?;
        let value = value(name).ok_or_else(|| {
            Refusal::misconfigured(format!(
                "{{{name}}} of the integration's URI has no value in this request"
            ))
        })?;
        filled.push_str(before);
        filled.push_str(&value);
        rest = tail;
    }
    filled.push_str(rest);
    Ok(filled)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::call;

    fn parameters(of: &[(&str, &str)]) -> HashMap<String, String> {
        of.iter()
            .map(|(target, source)| {
                (
                    format!("integration.request.{target}"),
                    (*source).to_owned(),
                )
            })
            .collect()
    }

    #[test]
    fn sources() {
        let call = call();
        for (expression, expected) in [
            ("'PUT it'", Some("PUT it")),
            ("context.requestId", Some("req-1")),
            ("context.authorizer.name", Some("shop")),
            ("context.authorizer.sha256", None),
            ("method.request.path.endpoint", Some("shop")),
            ("method.request.header.X-Signature", Some("v1=2")),
            ("method.request.header.X-Other", None),
        ] {
            let found = value(expression, &call).unwrap();
            assert_eq!(found.as_deref(), expected, "{expression}");
        }
        for unknown in [
            "method.request.body",
            "method.request.multivalueheader.x",
            "method.request.querystring.a",
            "stageVariables.a",
            "context.identity.caller",
            "x",
        ] {
            assert!(value(unknown, &call).is_err(), "{unknown}");
        }
    }

    #[test]
    fn an_absent_source_is_not_sent() {
        let of = parameters(&[
            ("path.name", "context.authorizer.name"),
            ("header.x-amz-meta-delivery", "context.authorizer.name"),
            ("header.x-amz-checksum-sha256", "context.authorizer.sha256"),
        ]);
        let mapped = map("b/incoming/{name}", &of, &call()).unwrap();
        assert_eq!(mapped.target, "/b/incoming/shop");
        let header = ("x-amz-meta-delivery".to_owned(), "shop".to_owned());
        assert_eq!(mapped.headers, [header]);
    }

    #[test]
    fn each_path_parameter_is_one_segment() {
        let of = parameters(&[("path.a", "'2026-11-21T20'"), ("path.b", "'x/y z+%ü'")]);
        let mapped = map("b/{a}/in-{b}/end", &of, &call()).unwrap();
        assert_eq!(
            mapped.target,
            "/b/2026-11-21T20/in-x%2Fy%20z%2B%25%C3%BC/end"
        );
        assert_eq!(mapped.object, "b/2026-11-21T20/in-x/y z+%ü/end");
    }

    #[test]
    fn a_path_without_a_value_is_no_path() {
        let of = parameters(&[("path.a", "context.authorizer.other")]);
        assert!(map("b/{a}", &of, &call()).is_err());
        assert!(map("b/{c}", &of, &call()).is_err());
        assert!(map("b/{c", &of, &call()).is_err());
        assert!(map("${stageVariables.bucket}/k", &of, &call()).is_err());
        let of = HashMap::from([("integration.request.body.x".to_owned(), "'1'".to_owned())]);
        assert!(map("b/k", &of, &call()).is_err());
    }
}
