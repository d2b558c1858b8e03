//! How API Gateway spells the keys of a stage's method settings.
//!
//! `UpdateStage` accepts `/~1direct~1{endpoint}/POST/throttling/rateLimit`, a slash of a resource's
//! path as `~1`, and `GetStage` answers with `~1direct~1{endpoint}/POST`
//! (<https://github.com/hashicorp/terraform-provider-aws/issues/9738>). The local cloud decodes the
//! first and keeps what it decoded, so Terraform does not find what it has set.

use bytes::Bytes;
use http_body_util::{BodyExt, Either, Full};
use hyper::header::{CONTENT_LENGTH, TRANSFER_ENCODING};
use serde_json::{Map, Value};

use crate::upstream::UpstreamResponse;

const SETTINGS: &str = "methodSettings";

/// Whether a request reads or writes one stage: `/restapis/{api}/stages/{stage}`.
pub(crate) fn is_of_a_stage(path: &str) -> bool {
    let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
    matches!(parts.as_slice(), ["restapis", _, "stages", _])
}

/// The answer with its keys as AWS spells them; unchanged if it is not a stage.
pub(crate) async fn spell_keys_as_aws_does(answer: UpstreamResponse) -> UpstreamResponse {
    let (mut parts, body) = answer.into_parts();
    let body = match body {
        Either::Right(ours) => return UpstreamResponse::from_parts(parts, Either::Right(ours)),
        Either::Left(body) => body
            .collect()
            .await
            .map(http_body_util::Collected::to_bytes),
    };
    let body = body.unwrap_or_default();
    let body = respell(&body).unwrap_or(body);
    // It is whole now, whatever its transfer encoding was.
    parts.headers.remove(TRANSFER_ENCODING);
    parts.headers.insert(CONTENT_LENGTH, body.len().into());
    UpstreamResponse::from_parts(parts, Either::Right(Full::new(body)))
}

fn respell(body: &[u8]) -> Option<Bytes> {
    let mut stage: Value = serde_json::from_slice(body).ok()?;
    let settings = stage.get_mut(SETTINGS)?.as_object_mut()?;
    let spelt: Map<String, Value> = std::mem::take(settings)
        .into_iter()
        .map(|(key, value)| (spell(&key), value))
        .collect();
    *settings = spelt;
    serde_json::to_vec(&stage).ok().map(Bytes::from)
}

/// `/direct/{endpoint}/POST` is `~1direct~1{endpoint}/POST`.
fn spell(key: &str) -> String {
    match key.rsplit_once('/') {
        Some((path, method)) => format!("{}/{method}", path.replace('/', "~1")),
        None => key.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_stage_is_a_stage() {
        assert!(is_of_a_stage("/restapis/a1/stages/v1"));
        for path in [
            "/restapis/a1/stages",
            "/restapis/a1/resources/r1",
            "/restapis/a1/v1/_user_request_/stages/v1",
        ] {
            assert!(!is_of_a_stage(path), "{path}");
        }
    }

    #[test]
    fn a_slash_of_a_path_is_encoded_and_the_rest_is_as_it_was() {
        let body = json!({"stageName": "v1", "methodSettings": {
            "*/*": {"throttlingRateLimit": 500.0},
            "/direct/{endpoint}/POST": {"throttlingRateLimit": 100.0},
            "~1direct~1{endpoint}/GET": {},
        }});
        let spelt = respell(&serde_json::to_vec(&body).unwrap()).unwrap();
        assert_eq!(
            serde_json::from_slice::<Value>(&spelt).unwrap(),
            json!({"stageName": "v1", "methodSettings": {
                "*/*": {"throttlingRateLimit": 500.0},
                "~1direct~1{endpoint}/POST": {"throttlingRateLimit": 100.0},
                "~1direct~1{endpoint}/GET": {},
            }})
        );
        for other in [&b"no JSON"[..], br#"{"message":"Not Found"}"#, b""] {
            assert!(respell(other).is_none());
        }
    }
}
