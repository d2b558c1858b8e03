//! What the table is asked for a schema, and what it says.

use domain::{Digest, SchemaTexts};
use serde_json::json;

use super::*;
use crate::Schemas;

#[tokio::test]
async fn a_schema_is_the_item_of_its_digest_or_nothing() {
    let stub = Stub::new([
        Step::Answer(200, r#"{"Item":{"schema":{"S":"{\"type\":\"object\"}"}}}"#),
        Step::Answer(200, "{}"),
        Step::Answer(200, r#"{"Item":{"name":{"S":"a"}}}"#),
        Step::Answer(400, r#"{"__type":"AccessDeniedException"}"#),
    ])
    .await;
    let schemas = Schemas::new(&environment(&stub), "endpoints".to_owned());
    let digest = Digest::of("{}");
    let text = schemas.text(digest).await.unwrap();
    assert_eq!(text.as_deref(), Some(r#"{"type":"object"}"#));
    assert_eq!(schemas.text(digest).await.unwrap(), None);
    assert!(!is_transient(schemas.text(digest).await));
    assert!(!is_transient(schemas.text(digest).await));
    let asked = &stub.requests()[0];
    assert_eq!(asked.header("x-amz-target"), "DynamoDB_20120810.GetItem");
    assert_eq!(
        asked.json(),
        json!({
            "TableName": "endpoints",
            "Key": {"name": {"S": format!("schema#{digest}")}},
            "ProjectionExpression": "#schema",
            "ExpressionAttributeNames": {"#schema": "schema"},
        })
    );
}
