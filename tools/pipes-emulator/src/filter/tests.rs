use super::*;
use serde_json::json;

fn passes(patterns: &[&str], event: &SourceEvent) -> bool {
    Filter::parse(patterns.iter().copied())
        .unwrap()
        .passes(event)
        .unwrap()
}

fn insert(kind: &str, size: &str) -> SourceEvent {
    let record = json!({"eventID": "e", "eventName": "INSERT", "dynamodb": {
        "ApproximateCreationDateTime": 1_700_000_000,
        "NewImage": {"type": {"S": kind}, "endpoint": {"S": "stripe"}, "size": {"N": size}}}});
    SourceEvent::from_stream(record, "1".to_owned(), None)
}

fn message(body: &str) -> SourceEvent {
    SourceEvent::from_queue(json!({"messageId": "m", "body": body}), "r".to_owned())
}

#[test]
fn no_pattern_lets_everything_through() {
    assert!(passes(&[], &message("x")));
}

#[test]
fn fields_are_anded_and_patterns_ored() {
    let invoices = r#"{"eventName":["INSERT"],"dynamodb":{"NewImage":{"type":{"S":[{"prefix":"invoice."},"push"]}}}}"#;
    let stripe = r#"{"dynamodb":{"NewImage":{"type":{"S":["x"]},"endpoint":{"S":["stripe"]}}}}"#;
    assert!(passes(&[invoices], &insert("invoice.paid", "1")));
    assert!(passes(&[invoices], &insert("push", "1")));
    assert!(!passes(&[invoices], &insert("customer", "1")));
    assert!(!passes(&[stripe], &insert("push", "1")));
    assert!(passes(&[stripe, invoices], &insert("push", "1")));
}

#[test]
fn a_removal_has_no_new_image() {
    let removal = json!({"eventID": "e", "eventName": "REMOVE", "dynamodb": {"Keys": {}}});
    assert!(!passes(
        &[r#"{"eventName":["INSERT"]}"#],
        &SourceEvent::from_stream(removal, "1".to_owned(), None)
    ));
}

#[test]
fn numbers_of_dynamodb_are_strings() {
    let numeric = r#"{"dynamodb":{"NewImage":{"size":{"N":[{"numeric":["=",42]}]}}}}"#;
    assert!(!passes(&[numeric], &insert("x", "42")));
    assert!(!passes(
        &[r#"{"dynamodb":{"NewImage":{"size":{"N":[42]}}}}"#],
        &insert("x", "42")
    ));
    assert!(passes(
        &[r#"{"dynamodb":{"NewImage":{"size":{"N":["42"]}}}}"#],
        &insert("x", "42")
    ));
    let date = r#"{"dynamodb":{"ApproximateCreationDateTime":[{"numeric":[">",1600000000]}]}}"#;
    assert!(passes(&[date], &insert("x", "42")));
}

#[test]
fn the_type_descriptor_is_needed() {
    assert!(!passes(
        &[r#"{"dynamodb":{"NewImage":{"type":["push"]}}}"#],
        &insert("push", "1")
    ));
}

#[test]
fn existence_is_asked_of_the_attribute() {
    let absent = r#"{"dynamodb":{"NewImage":{"gone":[{"exists":false}]}}}"#;
    assert!(passes(&[absent], &insert("x", "1")));
    let present = r#"{"dynamodb":{"NewImage":{"type":{"S":[{"exists":true}]}}}}"#;
    assert!(passes(&[present], &insert("x", "1")));
}

#[test]
fn bodies_and_patterns_must_be_of_one_form() {
    let object = r#"{"body":{"type":["push"]}}"#;
    assert!(passes(&[object], &message(r#"{"type":"push"}"#)));
    assert!(!passes(&[object], &message("push")));
    assert!(!passes(&[object], &message(r#"{"type":"pull"}"#)));
    let text = r#"{"body":["push"]}"#;
    assert!(passes(&[text], &message("push")));
    assert!(!passes(&[text], &message(r#"{"type":"push"}"#)));
    assert!(!passes(&[text], &message(r#""push""#)));
    let absent = r#"{"body":{"type":[{"exists":false}]}}"#;
    assert!(passes(&[absent], &message(r#"{"kind":"push"}"#)));
    assert!(!passes(&[absent], &message(r#"{"type":"push"}"#)));
    assert!(!passes(&[absent], &message("push")));
    assert!(passes(&[absent, text], &message("push")));
    assert!(passes(&[r#"{"messageId":["m"]}"#], &message("push")));
    let either = r#"{"body":{"check":[{"anything-but":["bad"]},{"exists":false}]}}"#;
    assert!(passes(&[either], &message(r#"{"type":"a"}"#)));
    assert!(passes(
        &[either],
        &message(r#"{"type":"a","check":"good"}"#)
    ));
    assert!(!passes(
        &[either],
        &message(r#"{"type":"a","check":"bad"}"#)
    ));
    let test = r#"{"body":{"replayid":[{"prefix":"test-"}]}}"#;
    assert!(passes(
        &[absent, test],
        &message(r#"{"type":"a","replayid":"test-1"}"#)
    ));
    assert!(!passes(
        &[absent, test],
        &message(r#"{"type":"a","replayid":"r-1"}"#)
    ));
    let with_line_break = r#"{"body":["a\"b\n"]}"#;
    assert!(passes(&[with_line_break], &message("a\"b\n")));
}

#[test]
fn the_operators_of_pipes() {
    let paid = insert("Invoice.Paid", "1");
    let on = |choice: &str| {
        passes(
            &[&format!(
                r#"{{"dynamodb":{{"NewImage":{{"type":{{"S":[{choice}]}}}}}}}}"#
            )],
            &paid,
        )
    };
    assert!(on(r#"{"equals-ignore-case":"invoice.paid"}"#));
    assert!(on(r#"{"suffix":".Paid"}"#));
    assert!(on(r#"{"anything-but":["a","b"]}"#));
    assert!(!on(r#"{"anything-but":"Invoice.Paid"}"#));
    assert!(!on(r#"{"prefix":"invoice"}"#));
    assert!(!on("null"));
}

#[test]
fn what_pipes_has_not_is_refused_by_name() {
    let refused = |pattern: &str| Filter::parse([pattern]).err().unwrap().1;
    assert_eq!(
        refused(r#"{"a":{"b":[{"wildcard":"x*"}]}}"#),
        "a.b: wildcard is not confirmed for EventBridge Pipes, so it is refused here"
    );
    assert!(refused(r#"{"$or":[{"a":[1]}]}"#).contains("$or is not confirmed"));
    assert!(refused(r#"{"a":[{"cidr":"10.0.0.0/8"}]}"#).contains("cidr is not confirmed"));
    assert!(
        refused(r#"{"a":[{"anything-but":{"prefix":"x"}}]}"#)
            .contains("does not support anything-but with prefix")
    );
    assert!(refused(r#"{"a":[{"regexp":"x"}]}"#).contains("not an operator"));
    assert!(refused(r#"{"a":[{"prefix":{"equals-ignore-case":"x"}}]}"#).contains("not emulated"));
    assert!(refused(r#"{"a":"x"}"#).contains("a: must be"));
    assert!(refused(r#"{"a":[]}"#).contains("a: must be"));
    assert!(refused("[]").contains("not a JSON object"));
    assert!(refused("{}").contains("empty"));
    assert!(
        refused(r#"{"eventSource":["aws:sqs"]}"#).contains("eventSource: EventBridge Pipes cannot")
    );
    assert_eq!(Filter::parse([r#"{"a":[1]}"#, "x"]).err().unwrap().0, 1);
}
