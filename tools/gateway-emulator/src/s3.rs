//! The call to S3: path style, signed, over plain HTTP to the local cloud.

use aws_credential_types::Credentials;
use aws_lc_rs::digest::{SHA256, digest};
use aws_sigv4::http_request::{
    PayloadChecksumKind, PercentEncodingMode, SignableBody, SignableRequest, SigningSettings,
    UriPathNormalizationMode, sign,
};
use aws_sigv4::sign::v4;
use aws_smithy_runtime_api::client::identity::Identity;
use bytes::Bytes;
use http_body_util::{BodyExt, Full};
use hyper::header::{HOST, HeaderName, HeaderValue};
use hyper::{HeaderMap, Request, Response};
use jiff::Timestamp;

use crate::integration_response::S3Response;
use crate::mapping::Mapped;
use crate::refusal::{Kind, Refusal};
use crate::upstream::Upstream;

/// The action that a call needs, and on what.
///
/// # Errors
/// A method that is not supported here.
pub(crate) fn right(method: &str, mapped: &Mapped) -> Result<(&'static str, String), Refusal> {
    let key = mapped.object.split_once('/').map_or("", |(_, key)| key);
    if method != "PUT" || key.is_empty() {
        return Err(Refusal::misconfigured(format!(
            "only PUT of an object is emulated here, not {method}"
        )));
    }
    Ok(("s3:PutObject", format!("arn:aws:s3:::{}", mapped.object)))
}

/// Makes the signed request. Host, what is mapped, what the signature needs: nothing else is sent.
///
/// # Errors
/// A mapped header is invalid.
pub(crate) fn request(
    upstream: &Upstream,
    method: &str,
    mapped: &Mapped,
    body: Bytes,
    credentials: Credentials,
    region: &str,
    now: Timestamp,
) -> Result<Request<Full<Bytes>>, Refusal> {
    let unsigned = |_| Refusal::misconfigured("the call to S3 cannot be signed");
    let identity = Identity::from(credentials);
    let parameters = v4::SigningParams::builder()
        .identity(&identity)
        .region(region)
        .name("s3")
        .time(now.into())
        .settings(settings())
        .build()
        .map_err(|_| Refusal::misconfigured("the call to S3 cannot be signed"))?
        .into();
    let url = format!("http://{}{}", upstream.authority(), mapped.target);
    let mut signed = vec![("host", upstream.authority())];
    let mut request = Request::builder()
        .method(method)
        .uri(&mapped.target)
        .header(HOST, upstream.authority());
    for (name, value) in &mapped.headers {
        signed.push((name.as_str(), value.as_str()));
        request = request.header(header_name(name)?, header_value(name, value)?);
    }
    let payload = SignableBody::Precomputed(hex::encode(digest(&SHA256, &body)));
    let signable = SignableRequest::new(method, url, signed.into_iter(), payload);
    let (instructions, _) = sign(signable.map_err(unsigned)?, &parameters)
        .map_err(unsigned)?
        .into_parts();
    for (name, value) in instructions.headers() {
        request = request.header(header_name(name)?, header_value(name, value)?);
    }
    request
        .body(Full::new(body))
        .map_err(|_| Refusal::misconfigured("the integration's method or path is invalid"))
}

fn settings() -> SigningSettings {
    let mut settings = SigningSettings::default();
    // As S3 expects it: the path as sent, and the body's digest in a header.
    settings.percent_encoding_mode = PercentEncodingMode::Single;
    settings.uri_path_normalization_mode = UriPathNormalizationMode::Disabled;
    settings.payload_checksum_kind = PayloadChecksumKind::XAmzSha256;
    settings
}

fn header_name(name: &str) -> Result<HeaderName, Refusal> {
    name.parse()
        .map_err(|_| Refusal::misconfigured(format!("{name} is not the name of a header")))
}

fn header_value(name: &str, value: &str) -> Result<HeaderValue, Refusal> {
    // No line break, nothing beyond ASCII; and no header value in a message.
    Some(value)
        .filter(|value| value.is_ascii())
        .and_then(|value| HeaderValue::from_str(value).ok())
        .ok_or_else(|| {
            Refusal::misconfigured(format!(
                "the value that is mapped to the header {name} is invalid"
            ))
        })
}

/// S3's answer to a role without the right: the emulator had to check instead.
pub(crate) fn denied() -> S3Response {
    S3Response {
        status: 403,
        headers: HeaderMap::new(),
        body: Bytes::from_static(b"<Error><Code>AccessDenied</Code></Error>"),
    }
}

/// Makes the call and reads the answer whole.
pub(crate) async fn call(
    upstream: &Upstream,
    request: Request<Full<Bytes>>,
) -> Result<S3Response, Refusal> {
    let failed = |reason: String| Refusal::new(Kind::IntegrationFailure, reason);
    let answer = upstream
        .send(request)
        .await
        .map_err(|error| failed(error.to_string()))?;
    let (parts, body) = Response::into_parts(answer);
    let body = body.collect().await;
    let body = body.map_err(|_| failed("S3's response broke off".to_owned()))?;
    Ok(S3Response {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: body.to_bytes(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mapped() -> Mapped {
        Mapped {
            target: "/b/a%2Fb".to_owned(),
            object: "b/a/b".to_owned(),
            headers: vec![("X-Amz-Meta-Delivery".to_owned(), "{}".to_owned())],
        }
    }

    fn made(mapped: &Mapped) -> Result<Request<Full<Bytes>>, Refusal> {
        let upstream = Upstream::new("http://127.0.0.1:1").unwrap();
        let credentials =
            Credentials::new("AKID", "secret", Some("token".to_owned()), None, "test");
        let now = "2026-11-21T20:59:57Z".parse().unwrap();
        let body = Bytes::from_static(b"\xff\x00");
        request(
            &upstream,
            "PUT",
            mapped,
            body,
            credentials,
            "us-east-1",
            now,
        )
    }

    #[test]
    fn nothing_but_what_is_mapped_and_signed() {
        let request = made(&mapped()).unwrap();
        assert_eq!(request.uri(), "/b/a%2Fb");
        let headers = request.headers();
        let mut names: Vec<_> = headers.keys().map(HeaderName::as_str).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "authorization",
                "host",
                "x-amz-content-sha256",
                "x-amz-date",
                "x-amz-meta-delivery",
                "x-amz-security-token",
            ]
        );
        assert_eq!(
            headers["x-amz-content-sha256"],
            "ea5dbf9596d187e9500f23e9a680109475341cf4e81f7e043f7d97152c10772f"
        );
        let authorization = headers["authorization"].to_str().unwrap();
        assert!(authorization.contains("/20261121/us-east-1/s3/aws4_request"));
        assert!(
            authorization.contains(
                "SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-meta-delivery;"
            )
        );
    }

    #[test]
    fn a_header_is_one_line_of_ascii() {
        for value in ["a\r\nx-evil: 1", "ü"] {
            let mut mapped = mapped();
            mapped.headers = vec![("x-amz-meta-delivery".to_owned(), value.to_owned())];
            assert!(made(&mapped).is_err(), "{value:?}");
        }
    }

    #[test]
    fn rights() {
        let mut mapped = mapped();
        let expected = ("s3:PutObject", "arn:aws:s3:::b/a/b".to_owned());
        assert_eq!(right("PUT", &mapped), Ok(expected));
        assert!(right("GET", &mapped).is_err());
        mapped.object = "b".to_owned();
        assert!(right("PUT", &mapped).is_err());
    }
}
