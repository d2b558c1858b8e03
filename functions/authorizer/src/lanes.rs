//! What distinguishes the lanes.

use base64_simd::STANDARD;
use domain::{Handover, Headers, Lane, ObjectKey, Timestamp};
use intake::Intake;

use crate::event::{DirectContext, RequestContext};

/// The lane that a request came by.
pub(crate) fn lane(context: &RequestContext) -> Option<Lane> {
    let path = context.resource_path.as_deref()?;
    [Lane::Standard, Lane::Direct]
        .into_iter()
        .find(|lane| path.strip_prefix(lane.path()) == Some("/{endpoint}"))
}

/// The key and the metadata under which API Gateway stores a direct delivery. `None`: the
/// headers that must be kept do not fit.
pub(crate) fn direct(
    intake: &Intake,
    headers: &Headers,
    key_id: Option<String>,
    request_id: &str,
    now: Timestamp,
) -> Option<DirectContext> {
    let verifier = &intake.verifier;
    let handover = Handover {
        received_at: now,
        key_id,
        config: Some(intake.fingerprint.clone()),
        headers: kept(intake, headers),
    };
    let (shard, hour) = ObjectKey::place_incoming(request_id, now);
    Some(DirectContext {
        name: intake.endpoint.name.to_string(),
        shard,
        hour,
        delivery: handover.to_metadata_with(&intake.named_headers(headers))?,
        sha256: verifier
            .claimed_sha256(headers)
            .map(|digest| STANDARD.encode_to_string(digest.0)),
        tagging: intake.endpoint.retention_days.tagging(),
    })
}

/// The headers by which `admit` judges, those it looks into, and those that are passed on.
/// Each as often as it was sent: a repeated header must be visible.
fn kept(intake: &Intake, headers: &Headers) -> Headers {
    let evidence = intake.verifier.evidence(headers);
    let mut names: Vec<&str> = evidence.iter().map(|(name, _)| name).collect();
    names.extend(intake.places.headers());
    names.extend(["content-type", "traceparent"]);
    let is_kept = |name: &str| names.iter().any(|kept| kept.eq_ignore_ascii_case(name));
    Headers::from_pairs(headers.iter().filter(|(name, _)| is_kept(name)))
}
