//! Between HTTP and the other modules' types.

use std::net::IpAddr;

use bytes::Bytes;
use http_body_util::{Either, Full};
use hyper::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use hyper::{Request, Response, StatusCode};
use percent_encoding::percent_decode_str;

use crate::integration_response::ClientResponse;
use crate::refusal::Refusal;
use crate::upstream::UpstreamResponse;

const ERROR_TYPE: HeaderName = HeaderName::from_static("x-amzn-errortype");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-amzn-requestid");

/// The caller's address, as the local cloud sees it for the methods that it serves.
pub(crate) fn source_ip<B>(request: &Request<B>, peer: IpAddr) -> String {
    let forwarded = request.headers().get("x-forwarded-for");
    let forwarded = forwarded.and_then(|value| value.to_str().ok());
    let first = forwarded
        .and_then(|all| all.split(',').next())
        .map(str::trim);
    first
        .filter(|address| !address.is_empty())
        .map_or_else(|| peer.to_string(), str::to_owned)
}

/// The query's parameters, decoded, in order.
pub(crate) fn query(query: &str) -> Vec<(String, String)> {
    let decode = |text: &str| {
        let text = text.replace('+', " ");
        percent_decode_str(&text).decode_utf8_lossy().into_owned()
    };
    query
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| pair.split_once('=').unwrap_or((pair, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

/// The answer with the request's id.
///
/// # Errors
/// A mapped status or header is invalid.
pub(crate) fn respond(
    reply: ClientResponse,
    request_id: &str,
) -> Result<UpstreamResponse, Refusal> {
    let wrong = |what: &str| Refusal::misconfigured(format!("{what} of a response is invalid"));
    let status = StatusCode::from_u16(reply.status).map_err(|_| wrong("the status"))?;
    let mut answer = Response::new(Either::Right(Full::new(reply.body)));
    *answer.status_mut() = status;
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    for (name, value) in reply.headers {
        let name: HeaderName = name.parse().map_err(|_| wrong("a header's name"))?;
        let value = HeaderValue::from_str(&value).map_err(|_| wrong("a header's value"))?;
        headers.insert(name, value);
    }
    let id = HeaderValue::from_str(request_id).map_err(|_| wrong("the request id"))?;
    headers.insert(REQUEST_ID, id);
    Ok(answer)
}

/// API Gateway's answer to who may not ask, or asks for what no API has.
/// <https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-disable-default-endpoint.html>
pub(crate) fn forbidden() -> UpstreamResponse {
    let body = Bytes::from_static(br#"{"message":"Forbidden"}"#);
    let mut answer = Response::new(Either::Right(Full::new(body)));
    *answer.status_mut() = StatusCode::FORBIDDEN;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    let kind = HeaderValue::from_static("ForbiddenException");
    answer.headers_mut().insert(ERROR_TYPE, kind);
    answer
}

/// The answer if the API's own is not available.
pub(crate) fn broken(status: StatusCode) -> UpstreamResponse {
    let body = Bytes::from_static(br#"{"message":"Internal server error"}"#);
    let mut answer = Response::new(Either::Right(Full::new(body)));
    *answer.status_mut() = status;
    let json = HeaderValue::from_static("application/json");
    answer.headers_mut().insert(CONTENT_TYPE, json);
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_callers_address() {
        let peer = "127.0.0.1".parse().unwrap();
        let of = |forwarded: &str| {
            let request = Request::builder().header("X-Forwarded-For", forwarded);
            source_ip(&request.body(()).unwrap(), peer)
        };
        assert_eq!(of("192.0.2.1, 10.0.0.1"), "192.0.2.1");
        assert_eq!(of(""), "127.0.0.1");
        assert_eq!(source_ip(&Request::new(()), peer), "127.0.0.1");
    }

    #[test]
    fn queries() {
        let pairs = [("a", "1 2"), ("b", ""), ("a", "ü&")];
        let pairs = pairs.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(query("a=1+2&b&&a=%C3%BC%26"), pairs);
        assert!(query("").is_empty());
    }

    #[test]
    fn an_answer_is_json_unless_mapped() {
        let reply = |headers: &[(&str, &str)], status| ClientResponse {
            status,
            headers: headers
                .iter()
                .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
                .collect(),
            body: Bytes::new(),
        };
        let answer = respond(reply(&[], 200), "id").unwrap();
        assert_eq!(answer.headers()["content-type"], "application/json");
        assert_eq!(answer.headers()["x-amzn-requestid"], "id");
        let answer = respond(reply(&[("Content-Type", "text/plain")], 200), "id").unwrap();
        assert_eq!(answer.headers()["content-type"], "text/plain");
        assert!(respond(reply(&[("a b", "c")], 200), "id").is_err());
        assert!(respond(reply(&[], 7), "id").is_err());
    }
}
