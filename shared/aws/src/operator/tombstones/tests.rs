use aws_sdk_dynamodb::{
    Client,
    operation::{
        delete_item::DeleteItemOutput,
        put_item::{PutItemError, PutItemOutput},
        query::QueryOutput,
        scan::ScanOutput,
    },
    types::error::ConditionalCheckFailedException,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

use super::*;

fn against(rules: &[&Rule]) -> Pointers {
    Pointers::over(
        mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, rules),
        "events",
    )
}

fn tombstone(erasing: Option<&str>) -> Tombstone {
    Tombstone {
        reference: "stripe/cus_1/evt_1".parse().unwrap(),
        received_at: "2026-11-21T20:59:57.414Z".parse().unwrap(),
        erased_at: "2026-11-27T18:00:00Z".parse().unwrap(),
        expires_at: "2027-02-25T18:00:00Z".parse().unwrap(),
        erasing: erasing.map(str::to_owned),
    }
}

fn image(pairs: &[(&str, &str)]) -> Image {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    pairs.iter().map(owned).collect()
}

/// `admit` may replace a pointer whose payload is missing by one that names another object: that object must not be left.
#[tokio::test]
async fn a_tombstone_takes_the_place_of_the_very_pointer_that_was_seen() {
    for (seen, condition) in [
        (
            &[("dataref", "s3://b/k")][..],
            "attribute_exists(pk) AND attribute_not_exists(#erased_at) AND #dataref = :dataref \
             AND attribute_not_exists(#bucket) AND attribute_not_exists(#key)",
        ),
        (
            &[("bucket", "b"), ("key", "k")],
            "attribute_exists(pk) AND attribute_not_exists(#erased_at) AND attribute_not_exists(#dataref) \
             AND #bucket = :bucket AND #key = :key",
        ),
    ] {
        let rule = mock!(Client::put_item)
            .match_requests(move |call| {
                let item = call.item().unwrap();
                call.condition_expression() == Some(condition)
                    && call.expression_attribute_values().unwrap().len() == seen.len()
                    && item["pk"] == text("stripe#cus_1")
                    && item["sk"] == text("evt_1")
                    && item[ERASING] == text("s3://b/k")
                    && item["expires_at"] == AttributeValue::N("1803578400".to_owned())
            })
            .then_output(|| PutItemOutput::builder().build());
        let (pointers, tombstone) = (against(&[&rule]), tombstone(Some("s3://b/k")));
        assert!(pointers.bury(&image(seen), &tombstone).await.unwrap());
    }
    let changed = mock!(Client::put_item).then_error(|| {
        let failed = ConditionalCheckFailedException::builder().build();
        PutItemError::ConditionalCheckFailedException(failed)
    });
    let pointers = against(&[&changed]);
    let seen = image(&[("dataref", "s3://b/k")]);
    assert!(!pointers.bury(&seen, &tombstone(None)).await.unwrap());
    // It must never end as if nothing had been erased.
    assert!(pointers.rewrite(&tombstone(None)).await.is_err());
}

#[tokio::test]
async fn the_rows_of_replays_are_found_under_the_event_and_deleted_by_their_ids() {
    let found = mock!(Client::query)
        .match_requests(|call| {
            let values = call.expression_attribute_values().unwrap();
            values[":pk"] == text("stripe#cus_1")
                && values[":start"] == text("evt_1\u{1f}")
                && call.consistent_read() == Some(true)
        })
        .then_output(|| {
            let row = Item::from([("sk".to_owned(), text("evt_1\u{1f}r-1"))]);
            QueryOutput::builder().items(row).build()
        });
    let deleted = mock!(Client::delete_item)
        .match_requests(|call| {
            let key = call.key().unwrap();
            key["pk"] == text("stripe#cus_1") && key["sk"] == text("evt_1\u{1f}r-1")
        })
        .then_output(|| DeleteItemOutput::builder().build());
    let pointers = against(&[&found, &deleted]);
    let reference = tombstone(None).reference;
    let ids = pointers.replays(&reference).await.unwrap();
    assert_eq!(ids, ["r-1"]);
    pointers.delete_replay(&reference, &ids[0]).await.unwrap();
    assert_eq!(deleted.num_calls(), 1);
}

#[tokio::test]
async fn the_whole_table_is_looked_through_for_what_matches_and_what_was_begun() {
    let rule = mock!(Client::scan)
        .match_requests(|call| {
            let values = call.expression_attribute_values().unwrap();
            call.filter_expression()
                == Some(
                    "((#a0 = :a0 AND #a1 = :a1) OR attribute_exists(#erasing)) AND begins_with(pk, :endpoint)",
                )
                && values[":a0"] == text("cus_1")
                && values[":endpoint"] == text("stripe#")
                && call.expression_attribute_names().unwrap()["#a1"] == "x_plan"
                && (call.segment(), call.total_segments()) == (Some(2), Some(4))
                && call.consistent_read() == Some(true)
        })
        .then_output(|| {
            let item = |reference: &str, erased: bool| {
                let mut item = Item::from([("ref".to_owned(), text(reference))]);
                if erased {
                    item.insert(ERASED_AT.to_owned(), text("2026-11-27T18:00:00Z"));
                }
                item
            };
            ScanOutput::builder()
                .items(item("stripe/evt_1", false))
                .items(item("stripe/evt_1", false))
                .items(item("stripe/evt_2", true))
                .last_evaluated_key("pk", text("stripe#evt_2"))
                .build()
        });
    let endpoint = "stripe".to_owned().try_into().unwrap();
    let attributes = [("x_customer", "cus_1"), ("x_plan", "free")];
    let attributes = attributes.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let sought = Sought {
        endpoint: Some(&endpoint),
        attributes: &attributes,
    };
    let spotted = against(&[&rule]).spot(&sought, (2, 4), None).await.unwrap();
    assert_eq!(
        spotted.matching,
        BTreeSet::from(["stripe/evt_1".to_owned()])
    );
    assert_eq!(
        spotted.unfinished,
        BTreeSet::from(["stripe/evt_2".to_owned()])
    );
    assert!(spotted.next.is_some());
}
