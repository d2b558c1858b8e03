use aws_sdk_dynamodb::{
    operation::update_item::{UpdateItemInput, UpdateItemOutput},
    types::error::ConditionalCheckFailedException,
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;

use super::*;

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
        at: at("2026-11-21T20:59:57.414Z"),
        lease_until: at("2026-11-21T21:00:27.414Z"),
        expires_at: at("2027-02-19T20:59:57Z"),
        forced_replay: None,
    }
}

fn receipt() -> Receipt {
    Receipt {
        sha256: Digest([0xa5; 32]),
        size: 7,
        summary: "done".to_owned(),
        at: at("2026-11-21T20:59:57.414Z"),
        age_ms: 250,
    }
}

fn against(rule: &Rule) -> Processed {
    Processed {
        client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
        table: "processed".to_owned(),
        processor: "invoices".to_owned(),
    }
}

/// Whether the call sets exactly this, under exactly this condition.
fn says(call: &UpdateItemInput, update: &str, condition: &str, values: &[(&str, &str)]) -> bool {
    let have = call.expression_attribute_values().unwrap();
    let same = values.iter().all(|(name, value)| match have.get(*name) {
        Some(AttributeValue::S(have) | AttributeValue::N(have)) => have == value,
        _ => false,
    });
    let names = call.expression_attribute_names().unwrap();
    call.table_name() == Some("processed")
        && call.key().unwrap()["ref"] == text("stripe/evt_1")
        && call.key().unwrap()["processor"] == text("invoices")
        && call.update_expression() == Some(update)
        && call.condition_expression() == Some(condition)
        && names
            .iter()
            .all(|(alias, name)| *alias == format!("#{name}"))
        && same
        && have.len() == values.len()
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
            says(
                call,
                "SET #state = :state, #owner = :owner, #lease_until = :lease_until, \
                 #type = :type, #at = :at, #expires_at = :expires_at ADD #attempts :one",
                "attribute_not_exists(#ref) OR #state = :failed \
                 OR (#state = :state AND #lease_until < :now)",
                &[
                    (":state", "in_progress"),
                    (":owner", "one"),
                    (":lease_until", "1795294827414"),
                    (":type", "invoice.paid"),
                    (":at", "2026-11-21T20:59:57.414Z"),
                    (":expires_at", "1803070797"),
                    (":one", "1"),
                    (":failed", "failed"),
                    (":now", "1795294797414"),
                ],
            ) && call.return_values_on_condition_check_failure()
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
async fn a_forced_replay_takes_what_is_done_and_leaves_its_id() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| {
            says(
                call,
                "SET #state = :state, #owner = :owner, #lease_until = :lease_until, \
                 #type = :type, #at = :at, #expires_at = :expires_at, #replayid = :replayid \
                 ADD #attempts :one",
                "attribute_not_exists(#ref) OR #state = :failed \
                 OR (#state = :state AND #lease_until < :now) \
                 OR (#state = :completed \
                 AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))",
                &[
                    (":state", "in_progress"),
                    (":owner", "one"),
                    (":lease_until", "1795294827414"),
                    (":type", "invoice.paid"),
                    (":at", "2026-11-21T20:59:57.414Z"),
                    (":expires_at", "1803070797"),
                    (":replayid", "r1"),
                    (":one", "1"),
                    (":failed", "failed"),
                    (":completed", "completed"),
                    (":now", "1795294797414"),
                ],
            )
        })
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
    // The replay's own mark, at a later delivery of the same replay.
    let done = stands_in_the_way(&[("state", "completed"), ("replayid", "r1")]);
    let claimed = against(&done).claim(&attempt).await.unwrap();
    assert!(matches!(claimed, Claimed::Completed { .. }));
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_claim_is_told() {
    for (record, claimed) in [
        (
            vec![
                ("state", "completed"),
                ("owner", "two"),
                ("summary", "49.00 usd"),
            ],
            Claimed::Completed {
                summary: "49.00 usd".to_owned(),
            },
        ),
        (
            vec![("state", "in_progress"), ("owner", "two")],
            Claimed::InProgress,
        ),
        // Our own first try, whose answer was lost.
        (
            vec![("state", "in_progress"), ("owner", "one")],
            Claimed::Ours { attempts: 0 },
        ),
        (vec![], Claimed::InProgress),
    ] {
        let rule = stands_in_the_way(&record);
        let answer = against(&rule).claim(&attempt()).await.unwrap();
        assert_eq!(answer, claimed, "{record:?}");
    }
}

#[tokio::test]
async fn only_the_holder_of_the_lease_completes() {
    let rule = mock!(Client::update_item)
        .match_requests(|call| {
            says(
                call,
                "SET #state = :state, #sha256 = :sha256, #size = :size, #summary = :summary, \
                 #at = :at, #age_ms = :age_ms REMOVE #lease_until, #failure, #reason",
                "#owner = :owner",
                &[
                    (":state", "completed"),
                    (":sha256", &"a5".repeat(32)),
                    (":size", "7"),
                    (":summary", "done"),
                    (":at", "2026-11-21T20:59:57.414Z"),
                    (":age_ms", "250"),
                    (":owner", "one"),
                ],
            )
        })
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
        .match_requests(|call| {
            says(
                call,
                "SET #state = :state, #at = :at, #failure = :failure, #reason = :reason \
                 REMOVE #lease_until",
                "#owner = :owner",
                &[
                    (":state", "failed"),
                    (":at", "2026-11-21T20:59:57.414Z"),
                    (":failure", "Retry"),
                    (":reason", "busy"),
                    (":owner", "one"),
                ],
            )
        })
        .then_output(|| UpdateItemOutput::builder().build());
    let fail = async |rule: &Rule| {
        let at = attempt().at;
        let processed = against(rule);
        processed
            .fail(&reference(), "one", at, "Retry", "busy")
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
                .fail(&reference(), "one", at, "Retry", "busy")
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
