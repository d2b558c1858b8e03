//! What the table of processed events is asked, and what it says.

use domain::{Attempt, Claimed, Marking, Receipt};
use serde_json::{Value, json};

use super::*;
use crate::Processed;

fn processed(stub: &Stub) -> Processed {
    let table = "processed".to_owned();
    Processed::new(&environment(stub), table, "invoices".to_owned())
}

fn attempt(forced_replay: Option<&str>) -> Attempt {
    Attempt {
        reference: "stripe/evt_1".parse().unwrap(),
        kind: "invoice.paid".to_owned(),
        owner: "one".to_owned(),
        at: now(),
        lease_until: "2026-11-21T21:00:30Z".parse().unwrap(),
        expires_at: "2026-11-22T21:00:00Z".parse().unwrap(),
        forced_replay: forced_replay.map(str::to_owned),
    }
}

fn receipt() -> Receipt {
    let sha256 = "d0c27dd3ba9c7d7f7be628d7bec50b9dc6ae296d21315ea880bce1d3042ff571";
    Receipt {
        sha256: sha256.parse().unwrap(),
        size: 9,
        summary: "9 bytes".to_owned(),
        at: now(),
        age_ms: 2_586,
    }
}

fn marking(forced_replay: Option<&str>) -> Marking {
    Marking {
        reference: "stripe/evt_1".parse().unwrap(),
        kind: "invoice.paid".to_owned(),
        owner: "one".to_owned(),
        receipt: receipt(),
        expires_at: "2026-11-22T21:00:00Z".parse().unwrap(),
        forced_replay: forced_replay.map(str::to_owned),
    }
}

async fn complete(stub: &Stub) -> Result<bool, StoreError> {
    let reference = attempt(None).reference;
    processed(stub)
        .complete(&reference, "one", &receipt())
        .await
}

async fn fail(stub: &Stub) -> Result<bool, StoreError> {
    let reference = attempt(None).reference;
    processed(stub)
        .fail(&reference, "one", now(), "Reject", "never")
        .await
}

const DONE: Step = Step::Answer(200, "{}");
const CLAIMED: Step = Step::Answer(200, r#"{"Attributes":{"attempts":{"N":"3"}}}"#);
const BUSY: Step = Step::Answer(400, r#"{"__type":"x#ThrottlingException"}"#);
const UNMET: Step = Step::Answer(400, r#"{"__type":"x#ConditionalCheckFailedException"}"#);
const OURS: Step = Step::Answer(
    400,
    r#"{"__type":"x#ConditionalCheckFailedException","Item":{"state":{"S":"in_progress"},"owner":{"S":"one"},"attempts":{"N":"2"},"size":{"N":"9"}}}"#,
);
const THEIRS: Step = Step::Answer(
    400,
    r#"{"__type":"x#ConditionalCheckFailedException","Item":{"state":{"S":"in_progress"},"owner":{"S":"two"},"attempts":{"N":"2"}}}"#,
);
const COMPLETED: Step = Step::Answer(
    400,
    r#"{"__type":"x#ConditionalCheckFailedException","Item":{"state":{"S":"completed"},"owner":{"S":"two"},"summary":{"S":"49.00 usd"}}}"#,
);

/// The request is this write of the contract, which processors in other languages keep, too, and
/// asks for no more to come back than is read.
fn check(have: &Value, write: &str) {
    let writes = include_str!("../../../../sdk/contract/writes.json");
    let writes: Value = serde_json::from_str(writes).unwrap();
    let expected = &writes[write];
    for name in ["UpdateExpression", "ConditionExpression"] {
        assert_eq!(have[name], expected[name], "{write}");
    }
    let mut values = json!({":owner": {"S": "one"}});
    for (name, value) in expected["Values"].as_object().unwrap() {
        values[format!(":{name}")] = match value {
            Value::String(text) => json!({ "S": text }),
            number => json!({ "N": number.to_string() }),
        };
    }
    assert_eq!(have["ExpressionAttributeValues"], values, "{write}");
    let names = have["ExpressionAttributeNames"].as_object().unwrap();
    assert!(names.len() > 2, "{write}");
    let is_own =
        |(alias, name): (&String, &Value)| *alias == format!("#{}", name.as_str().unwrap());
    assert!(names.iter().all(is_own), "{names:?}");
    assert_eq!(have["TableName"], "processed");
    let key = json!({"ref": {"S": "stripe/evt_1"}, "processor": {"S": "invoices"}});
    assert_eq!(have["Key"], key);
    let claims = write.ends_with("claim");
    assert_eq!(have["ReturnValues"] == "UPDATED_NEW", claims, "{write}");
    let all_old = have["ReturnValuesOnConditionCheckFailure"] == "ALL_OLD";
    assert_eq!(all_old, claims || write.ends_with("mark"), "{write}");
}

#[tokio::test]
async fn each_write_is_that_of_the_contract() {
    let stub = Stub::new([CLAIMED, CLAIMED, DONE, DONE]).await;
    let processed = processed(&stub);
    let expected = Claimed::Ours { attempts: 3 };
    for replay in [None, Some("r1")] {
        let claimed = processed.claim(&attempt(replay)).await.unwrap();
        assert_eq!(claimed, expected);
    }
    for replay in [None, Some("r1")] {
        assert!(processed.mark(&marking(replay)).await.unwrap());
    }
    let seen = stub.requests();
    for (seen, write) in seen
        .iter()
        .zip(["claim", "forced_claim", "mark", "forced_mark"])
    {
        assert_eq!(seen.header("x-amz-target"), "DynamoDB_20120810.UpdateItem");
        check(&seen.json(), write);
    }
    let stub = Stub::new([DONE]).await;
    assert!(complete(&stub).await.unwrap());
    check(&stub.requests()[0].json(), "complete");
    let stub = Stub::new([DONE]).await;
    assert!(fail(&stub).await.unwrap());
    check(&stub.requests()[0].json(), "fail");
}

#[tokio::test]
async fn what_stands_in_the_way_of_a_claim_is_told() {
    for (step, expected) in [
        (THEIRS, Claimed::InProgress),
        (UNMET, Claimed::InProgress),
        (
            COMPLETED,
            Claimed::Completed {
                summary: "49.00 usd".to_owned(),
            },
        ),
    ] {
        let stub = Stub::new([step]).await;
        let claimed = processed(&stub).claim(&attempt(None)).await;
        assert_eq!(claimed.unwrap(), expected);
    }
}

#[tokio::test]
async fn only_the_holder_of_the_lease_ends_it() {
    assert!(!complete(&Stub::new([UNMET]).await).await.unwrap());
    assert!(!fail(&Stub::new([UNMET]).await).await.unwrap());
}

#[tokio::test]
async fn a_mark_leaves_the_record_of_another() {
    let stub = Stub::new([COMPLETED]).await;
    assert!(!processed(&stub).mark(&marking(None)).await.unwrap());
}

/// The first request arrived and its answer did not: the second one finds its own record.
#[tokio::test]
async fn a_write_whose_answer_was_lost_was_made() {
    for lost in [Step::Close, Step::Answer(500, "")] {
        let stub = Stub::new([lost, OURS]).await;
        let claimed = processed(&stub).claim(&attempt(None)).await;
        assert_eq!(claimed.unwrap(), Claimed::Ours { attempts: 2 });
        let stub = Stub::new([lost, OURS]).await;
        assert!(processed(&stub).mark(&marking(None)).await.unwrap());
        // Its condition still holds.
        assert!(complete(&Stub::new([lost, DONE]).await).await.unwrap());
        assert!(fail(&Stub::new([lost, DONE]).await).await.unwrap());
    }
}

#[tokio::test]
async fn a_throttled_table_is_tried_again_and_a_forbidden_one_is_not() {
    let stub = Stub::new([BUSY, BUSY, CLAIMED]).await;
    let claimed = processed(&stub).claim(&attempt(None)).await;
    assert_eq!(claimed.unwrap(), Claimed::Ours { attempts: 3 });
    let denied = Step::Answer(400, r#"{"__type":"x#AccessDeniedException"}"#);
    for (step, later, requests) in [(BUSY, true, 3), (denied, false, 1)] {
        let stub = Stub::new([step; 12]).await;
        let processed = processed(&stub);
        assert_eq!(is_transient(processed.claim(&attempt(None)).await), later);
        assert_eq!(stub.requests().len(), requests);
        assert_eq!(is_transient(processed.mark(&marking(None)).await), later);
        assert_eq!(is_transient(complete(&stub).await), later);
        assert_eq!(is_transient(fail(&stub).await), later);
    }
}
