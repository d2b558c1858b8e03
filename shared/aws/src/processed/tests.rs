use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemInput, UpdateItemOutput},
    types::error::ConditionalCheckFailedException,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;

use super::*;
use crate::item::number;

const SHA256: &str = "d0c27dd3ba9c7d7f7be628d7bec50b9dc6ae296d21315ea880bce1d3042ff571";

fn reference() -> Ref {
    "stripe/evt_1".parse().unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn attempt() -> Attempt {
    Attempt {
        reference: reference(),
        kind: "invoice.paid".to_owned(),
        owner: "one".to_owned(),
        at: at("2026-11-21T21:00:00Z"),
        lease_until: at("2026-11-21T21:00:30Z"),
        expires_at: at("2026-11-22T21:00:00Z"),
        forced_replay: None,
    }
}

fn receipt() -> Receipt {
    Receipt {
        sha256: SHA256.parse().unwrap(),
        size: 9,
        summary: "9 bytes".to_owned(),
        at: at("2026-11-21T21:00:00Z"),
        age_ms: 2_586,
    }
}

fn against(rule: &Rule) -> Processed {
    Processed {
        client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
        table: "processed".to_owned(),
        processor: "invoices".to_owned(),
    }
}

/// Whether the call is this write of the contract, which processors in other languages keep, too.
fn says(call: &UpdateItemInput, write: &str) -> bool {
    let writes = include_str!("../../../../sdk/contract/writes.json");
    let writes: serde_json::Value = serde_json::from_str(writes).unwrap();
    let (write, have) = (&writes[write], call.expression_attribute_values().unwrap());
    let values = write["Values"].as_object().unwrap();
    let same = values.iter().all(|(name, value)| {
        have[&format!(":{name}")]
            == match value.as_str() {
                Some(value) => text(value),
                None => AttributeValue::N(value.to_string()),
            }
    });
    let names = call.expression_attribute_names().unwrap();
    call.table_name() == Some("processed")
        && call.key().unwrap()["ref"] == text("stripe/evt_1")
        && call.key().unwrap()["processor"] == text("invoices")
        && call.update_expression() == write["UpdateExpression"].as_str()
        && call.condition_expression() == write["ConditionExpression"].as_str()
        && names
            .iter()
            .all(|(alias, name)| *alias == format!("#{name}"))
        && same
        && have[":owner"] == text("one")
        && have.len() == values.len() + 1
}

fn stands_in_the_way(record: &[(&'static str, &'static str)]) -> Rule {
    let record: Item = record
        .iter()
        .map(|(name, value)| ((*name).to_owned(), text(value)))
        .collect();
    mock!(Client::update_item).then_error(move || {
        UpdateItemError::ConditionalCheckFailedException(
            ConditionalCheckFailedException::builder()
                .set_item(Some(record.clone()))
                .build(),
        )
    })
}

#[tokio::test]
async fn a_claim_is_one_conditional_write() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| {
            says(call, "claim")
                && call.return_values_on_condition_check_failure()
                    == Some(&ReturnValuesOnConditionCheckFailure::AllOld)
        })
        .then_output(|| {
            UpdateItemOutput::builder()
                .attributes("attempts", number(3))
                .build()
        });
    assert_eq!(
        against(&rule).claim(&attempt()).await.unwrap(),
        Claimed::Ours { attempts: 3 }
    );
}

#[tokio::test]
async fn a_forced_replay_claims_what_is_done() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| says(call, "forced_claim"))
        .then_output(|| {
            UpdateItemOutput::builder()
                .attributes("attempts", number(2))
                .build()
        });
    let attempt = Attempt {
        forced_replay: Some("r1".to_owned()),
        ..attempt()
    };
    let claimed = against(&rule).claim(&attempt).await.unwrap();
    assert_eq!(claimed, Claimed::Ours { attempts: 2 });
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_claim_is_told() {
    let done = stands_in_the_way(&[("state", "completed"), ("summary", "49.00 usd")]);
    let claimed = against(&done).claim(&attempt()).await.unwrap();
    let summary = "49.00 usd".to_owned();
    assert_eq!(claimed, Claimed::Completed { summary });
    // Our own first try, whose answer was lost.
    let ours = stands_in_the_way(&[("state", "in_progress"), ("owner", "one")]);
    let claimed = against(&ours).claim(&attempt()).await.unwrap();
    assert_eq!(claimed, Claimed::Ours { attempts: 0 });
}

#[tokio::test]
async fn only_the_holder_of_the_lease_completes() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| says(call, "complete"))
        .then_output(|| UpdateItemOutput::builder().build());
    let complete = async |rule: &Rule| {
        let processed = against(rule);
        processed
            .complete(&reference(), "one", &receipt())
            .await
            .unwrap()
    };
    assert!(complete(&rule).await);
    assert!(!complete(&stands_in_the_way(&[])).await);
}

#[tokio::test]
async fn only_the_holder_of_the_lease_fails() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| says(call, "fail"))
        .then_output(|| UpdateItemOutput::builder().build());
    let fail = async |rule: &Rule| {
        let at = attempt().at;
        let processed = against(rule);
        processed
            .fail(&reference(), "one", at, "Reject", "never")
            .await
            .unwrap()
    };
    assert!(fail(&rule).await);
    assert!(!fail(&stands_in_the_way(&[])).await);
}

#[tokio::test]
async fn a_throttled_table_is_for_later_and_a_forbidden_one_is_not() {
    for (code, transient) in [
        ("ProvisionedThroughputExceededException", true),
        ("AccessDeniedException", false),
    ] {
        let rule = mock!(Client::update_item).then_error(move || {
            UpdateItemError::generic(ErrorMetadata::builder().code(code).build())
        });
        let processed = against(&rule);
        let at = attempt().at;
        let errors = [
            processed.claim(&attempt()).await.unwrap_err(),
            processed
                .complete(&reference(), "one", &receipt())
                .await
                .unwrap_err(),
            processed
                .fail(&reference(), "one", at, "Reject", "never")
                .await
                .unwrap_err(),
        ];
        for error in errors {
            assert_eq!(
                matches!(error, StoreError::Transient { .. }),
                transient,
                "{error:?}"
            );
        }
    }
}
