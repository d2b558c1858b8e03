//! What Secrets Manager is asked, and what it says.

use domain::{KeyCoverage, KeyRing, KeyStore};
use serde_json::json;

use super::*;
use crate::Secrets;

type Version = (u16, &'static str);

const NONE: Version = (
    400,
    r#"{"__type":"ResourceNotFoundException","Message":"m"}"#,
);

async fn keys(current: Version, previous: Version) -> Result<KeyRing, StoreError> {
    let stub = Stub::new([Step::Versions([current, previous]); 2]).await;
    let keys = Secrets::new(&environment(&stub), "coatcheck/endpoints/".to_owned());
    let ring = keys.keys(&name()).await;
    let mut stages = Vec::new();
    for seen in stub.requests() {
        assert_eq!(seen.header("x-amz-target"), "secretsmanager.GetSecretValue");
        assert_eq!(seen.header("content-type"), "application/x-amz-json-1.1");
        let mut asked = seen.json();
        stages.push(asked["VersionStage"].take());
        let rest = json!({"SecretId": "coatcheck/endpoints/stripe", "VersionStage": null});
        assert_eq!(asked, rest);
    }
    stages.sort_by_key(ToString::to_string);
    assert_eq!(stages, ["AWSCURRENT", "AWSPREVIOUS"]);
    ring
}

fn texts(ring: &KeyRing) -> Vec<&str> {
    let live = ring.live(Timestamp::UNIX_EPOCH);
    live.map(|key| key.secret.expose()).collect()
}

#[tokio::test]
async fn keys_are_those_of_both_versions() {
    let current = (200, r#"{"SecretString":"new","CreatedDate":1700000000.5}"#);
    let previous = (200, r#"{"SecretString":"old","CreatedDate":1.6E9}"#);
    let ring = keys(current, previous).await.unwrap();
    assert_eq!(texts(&ring), ["new", "old"]);
    let at = |ms| Timestamp::from_millisecond(ms).unwrap();
    let ring = ring.read_at(at(1_800_000_000_000));
    assert_eq!(ring.covers(at(1_700_000_000_500)), KeyCoverage::Whole);
    assert_eq!(ring.covers(at(1_700_000_000_499)), KeyCoverage::Unknown);
    assert_eq!(texts(&keys(current, NONE).await.unwrap()), ["new"]);
}

#[tokio::test]
async fn a_previous_version_that_cannot_be_read_now_is_not_taken_for_none() {
    let current = (200, r#"{"SecretString":"new"}"#);
    let denied = (400, r#"{"__type":"AccessDeniedException"}"#);
    assert!(!is_transient(keys(current, denied).await));
}

#[tokio::test]
async fn a_secret_without_a_value_is_ours_to_fix_and_no_error_shows_a_value() {
    for current in [NONE, (200, "{}"), (200, r#"{"SecretString":"{CANARY"}"#)] {
        assert!(!is_transient(keys(current, NONE).await), "{current:?}");
    }
    let broken = (200, r#"{"SecretString":"CANARY"#);
    assert!(is_transient(keys(broken, NONE).await));
}
