//! The integration response that applies to S3's response, and what the client gets from it. Pure.
//!
//! <https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-integration-settings-integration-response.html>

use std::collections::HashMap;

use bytes::Bytes;
use hyper::HeaderMap;
use regex_lite::Regex;

use crate::call::Call;
use crate::mapping;
use crate::refusal::Refusal;
use crate::rest_api::IntegrationResponse;
use crate::template;

/// What the client gets.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct ClientResponse {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

/// S3's response.
#[derive(Debug)]
pub(crate) struct S3Response {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

/// Turns S3's response into the client's.
///
/// # Errors
/// No integration response applies, or one that is not supported here.
pub(crate) fn map(
    responses: &HashMap<String, IntegrationResponse>,
    backend: &S3Response,
    call: &Call,
) -> Result<ClientResponse, Refusal> {
    let response = choose(responses, backend.status)?;
    let status = response.status_code.parse().ok();
    let mut status =
        status.ok_or_else(|| Refusal::misconfigured("an integration response has no status"))?;
    if response.content_handling.as_deref() != Some("CONVERT_TO_TEXT") {
        return Err(Refusal::misconfigured(
            "only the content handling CONVERT_TO_TEXT of an integration response is emulated here",
        ));
    }
    // To an API whose binary types are */* every response of S3 is binary, and as text that is base64.
    let input = base64_simd::STANDARD.encode_to_string(&backend.body);
    let mut headers = Vec::new();
    for (target, source) in &response.response_parameters {
        let Some(name) = target.strip_prefix("method.response.header.") else {
            return Err(Refusal::misconfigured(format!(
                "{target} of an integration response is not a header"
            )));
        };
        let value = match source.strip_prefix("integration.response.header.") {
            Some(name) => backend
                .headers
                .get(name)
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned()),
            None => mapping::value(source, call)?,
        };
        if let Some(value) = value {
            headers.push((name.to_owned(), value));
        }
    }
    let template = response.response_templates.get("application/json");
    let template = template.ok_or_else(|| {
        Refusal::misconfigured("an integration response has no template for application/json")
    })?;
    let rendered = template::render(template, &input, &|name| call.context(name))?;
    status = rendered.status.unwrap_or(status);
    Ok(ClientResponse {
        status,
        headers,
        body: rendered.text.into(),
    })
}

/// The response whose pattern matches the whole of the status, else the one without a pattern.
fn choose(
    responses: &HashMap<String, IntegrationResponse>,
    status: u16,
) -> Result<&IntegrationResponse, Refusal> {
    let mut all: Vec<_> = responses.iter().collect();
    // Which of several matches AWS chooses is not documented: at least it is always the same one
    // here.
    all.sort_by_key(|(code, _)| code.as_str());
    let mut default = None;
    for (_, response) in all {
        let pattern = &response.selection_pattern;
        if pattern.is_empty() {
            default = default.or(Some(response));
            continue;
        }
        let anchored = Regex::new(&format!("^(?:{pattern})$")).map_err(|_| {
            Refusal::misconfigured(format!("the selection pattern {pattern} is invalid"))
        })?;
        if anchored.is_match(&status.to_string()) {
            return Ok(response);
        }
    }
    default.ok_or_else(|| {
        Refusal::misconfigured(format!(
            "no integration response matches the status {status}"
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::refusal::Kind;
    use crate::rest_api::Texts;
    use crate::testing::call;

    fn responses(of: &[(&str, &str)]) -> HashMap<String, IntegrationResponse> {
        of.iter()
            .map(|(status, pattern)| {
                let response = IntegrationResponse {
                    status_code: (*status).to_owned(),
                    selection_pattern: (*pattern).to_owned(),
                    ..IntegrationResponse::default()
                };
                ((*status).to_owned(), response)
            })
            .collect()
    }

    fn texts(of: &[(&str, &str)]) -> Texts {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        of.iter().map(owned).collect()
    }

    fn backend(status: u16) -> S3Response {
        let mut headers = HeaderMap::new();
        headers.insert("etag", "\"e\"".parse().unwrap());
        S3Response {
            status,
            headers,
            body: Bytes::from_static(b"<Code>BadDigest</Code>"),
        }
    }

    #[test]
    fn patterns_are_anchored() {
        let all = responses(&[
            ("200", ""),
            ("400", "400"),
            ("500", "40[34]"),
            ("503", "4\\d\\d|5.."),
        ]);
        for (status, expected) in [
            (200, "200"),
            (400, "400"),
            (403, "500"),
            (409, "503"),
            (500, "503"),
        ] {
            let chosen = choose(&all, status).unwrap();
            assert_eq!(chosen.status_code, expected, "{status}");
        }
        let partial = responses(&[("200", "20"), ("500", "0")]);
        assert!(choose(&partial, 200).is_err());
        assert!(choose(&HashMap::new(), 200).is_err());
        assert!(choose(&responses(&[("200", "(")]), 200).is_err());
    }

    #[test]
    fn parameters_and_the_template() {
        let response = IntegrationResponse {
            status_code: "400".to_owned(),
            content_handling: Some("CONVERT_TO_TEXT".to_owned()),
            response_parameters: texts(&[
                (
                    "method.response.header.ETag",
                    "integration.response.header.etag",
                ),
                ("method.response.header.X", "integration.response.header.x"),
                ("method.response.header.Retry-After", "'1'"),
            ]),
            response_templates: texts(&[(
                "application/json",
                "#if($input.body.contains(\"PENvZGU+QmFkRGlnZXN0\"))no#else#set($context.responseOverride.status = 503)later#end",
            )]),
            ..IntegrationResponse::default()
        };
        let all = HashMap::from([("400".to_owned(), response)]);
        let mut answer = map(&all, &backend(400), &call()).unwrap();
        answer.headers.sort();
        let headers = [("ETag", "\"e\""), ("Retry-After", "1")];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!((answer.status, &*answer.body), (400, &b"no"[..]));
        assert_eq!(answer.headers, headers);
        let mut other = backend(400);
        other.body = Bytes::new();
        let answer = map(&all, &other, &call()).unwrap();
        assert_eq!((answer.status, &*answer.body), (503, &b"later"[..]));
    }

    #[test]
    fn a_response_has_a_template_and_is_converted_to_text() {
        let text = || Some("CONVERT_TO_TEXT".to_owned());
        let template = || texts(&[("application/json", "")]);
        for (content_handling, response_templates) in [(None, template()), (text(), Texts::new())] {
            let response = IntegrationResponse {
                status_code: "400".to_owned(),
                content_handling,
                response_templates,
                ..IntegrationResponse::default()
            };
            let all = HashMap::from([("400".to_owned(), response)]);
            let refusal = map(&all, &backend(400), &call()).unwrap_err();
            assert_eq!(refusal.kind, Kind::ApiConfiguration);
        }
    }
}
