use aws_sdk_s3::{
    operation::delete_object::DeleteObjectOutput,
    types::{CommonPrefix, DeleteMarkerEntry, ObjectVersion},
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

use super::*;

const KEY: &str = "payloads/a/2026-11-21T20/stripe/1";

fn against(rules: &[&Rule]) -> Versions {
    Versions {
        client: mock_client!(aws_sdk_s3, RuleMode::MatchAny, rules),
        bucket: "bucket".to_owned(),
    }
}

fn version(key: &str, id: &str) -> ObjectVersion {
    ObjectVersion::builder().key(key).version_id(id).build()
}

fn marker(key: &str, id: &str) -> DeleteMarkerEntry {
    DeleteMarkerEntry::builder().key(key).version_id(id).build()
}

/// A deletion that only hid it would leave its bytes.
#[tokio::test]
async fn every_version_and_every_marker_of_the_object_goes_and_no_other_object() {
    let first = mock!(Client::list_object_versions)
        .match_requests(|call| call.prefix() == Some(KEY) && call.key_marker().is_none())
        .then_output(|| {
            ListObjectVersionsOutput::builder()
                .versions(version(KEY, "v2"))
                .delete_markers(marker(KEY, "v3"))
                .is_truncated(true)
                .next_key_marker(KEY)
                .next_version_id_marker("v2")
                .build()
        });
    let second = mock!(Client::list_object_versions)
        .match_requests(|call| {
            call.key_marker() == Some(KEY) && call.version_id_marker() == Some("v2")
        })
        .then_output(|| {
            ListObjectVersionsOutput::builder()
                .versions(version(KEY, "null"))
                .versions(version(&format!("{KEY}2"), "v1"))
                .build()
        });
    let deletes = ["v2", "v3", "null"].map(|id| {
        mock!(Client::delete_object)
            .match_requests(move |call| call.key() == Some(KEY) && call.version_id() == Some(id))
            .then_output(|| DeleteObjectOutput::builder().build())
    });
    let mut rules = vec![&first, &second];
    rules.extend(&deletes);
    let key = ObjectKey::from_stored(KEY.to_owned());
    assert_eq!(against(&rules).delete(&key).await.unwrap(), 3);
    assert!(deletes.iter().all(|rule| rule.num_calls() == 1));
}

#[tokio::test]
async fn a_listing_that_says_too_little_is_never_taken_for_its_end() {
    for output in [
        ListObjectVersionsOutput::builder()
            .is_truncated(true)
            .build(),
        ListObjectVersionsOutput::builder()
            .versions(ObjectVersion::builder().key(KEY).build())
            .build(),
    ] {
        let rule = mock!(Client::list_object_versions).then_output(move || output.clone());
        let key = ObjectKey::from_stored(KEY.to_owned());
        assert!(matches!(
            against(&[&rule]).of(&key).await,
            Err(StoreError::Permanent { .. })
        ));
    }
}

#[tokio::test]
async fn the_hours_of_a_shard_are_found_without_listing_their_objects() {
    let rule = mock!(Client::list_object_versions)
        .match_requests(|call| {
            call.delimiter() == Some("/") && call.prefix() == Some("payloads/a/")
        })
        .then_output(|| {
            let hours = ["2026-11-21T20", "2026-11-21T21"];
            let hours =
                hours.map(|hour| CommonPrefix::builder().prefix(format!("payloads/a/{hour}/")));
            hours
                .into_iter()
                .fold(ListObjectVersionsOutput::builder(), |output, hour| {
                    output.common_prefixes(hour.build())
                })
                .build()
        });
    assert_eq!(
        against(&[&rule]).folders("payloads/a/").await.unwrap(),
        ["payloads/a/2026-11-21T20/", "payloads/a/2026-11-21T21/"]
    );
}
