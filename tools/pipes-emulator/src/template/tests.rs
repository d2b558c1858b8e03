use serde_json::json;

use super::*;

fn message(body: &str) -> SourceEvent {
    SourceEvent::from_queue(
        json!({"messageId": "m-1", "body": body, "attributes": {"n": "7"}}),
        "r".to_owned(),
    )
}

fn stream() -> SourceEvent {
    let record = json!({"eventID": "e-1", "dynamodb": {"NewImage": {
        "subject": {"S": "a \"b\" \\ \n\u{1}é"}, "size": {"N": "42"}, "empty": {"S": ""}, "on": {"BOOL": true}}}});
    SourceEvent::from_stream(record, "1".to_owned(), None)
}

fn rendered(template: &str, event: &SourceEvent) -> Rendered {
    InputTemplate::parse(template).unwrap().render(event)
}

fn render(template: &str, event: &SourceEvent) -> String {
    rendered(template, event).text
}

#[test]
fn values_outside_quotes_are_json() {
    let out = render(
        r#"{"subject": <$.dynamodb.NewImage.subject.S>, "size": <$.dynamodb.NewImage.size.N>,
            "on": <$.dynamodb.NewImage.on.BOOL>, "image": <$.dynamodb.NewImage.size>, "e": <$.dynamodb.NewImage.empty.S>}"#,
        &stream(),
    );
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        value,
        json!({"subject": "a \"b\" \\ \n\u{1}é", "size": "42", "on": true, "image": {"N": "42"}, "e": ""})
    );
}

#[test]
fn values_inside_quotes_are_escaped_text() {
    let out = render(
        r#"{"ref": "x/<$.dynamodb.NewImage.subject.S>\"<$.eventID>", "o": "<$.dynamodb.NewImage.size>"}"#,
        &stream(),
    );
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        value,
        json!({"ref": "x/a \"b\" \\ \n\u{1}é\"e-1", "o": "{\"N\":\"42\"}"})
    );
}

#[test]
fn a_body_is_looked_into_without_being_asked() {
    let event = message(r#"{"id":"evt","deep":{"n":[1,2.5,null]}}"#);
    let out = render(
        r#"{"id":<$.body.id>,"n":<$.body.deep.n>,"all":<$.body>,"m":<$.messageId>}"#,
        &event,
    );
    let value: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(
        value,
        json!({"id": "evt", "n": [1, 2.5, null], "all": {"id": "evt", "deep": {"n": [1, 2.5, null]}}, "m": "m-1"})
    );
    assert_eq!(
        render(r#"{"b":<$.body>}"#, &message("not json")),
        r#"{"b":"not json"}"#
    );
}

#[test]
fn a_missing_path_is_empty_and_reported() {
    let out = rendered(r#"{"a":<$.body.no>,"b":"[<$.gone>]"}"#, &message("{}"));
    assert_eq!(out.text, r#"{"a":"","b":"[]"}"#);
    assert_eq!(out.missing, ["$.body.no"]);
    assert_eq!(rendered("x<$.gone>y", &message("{}")).text, "xy");
}

#[test]
fn plain_text_and_a_lone_placeholder_stay_raw() {
    assert_eq!(
        render("id=<$.messageId> \"<$.body>\"", &message("a\"b")),
        "id=m-1 \"a\"b\""
    );
    assert_eq!(render("<$.body>", &message("a\"b")), "a\"b");
    assert_eq!(render("<$.body>", &message(r#"{"a":1}"#)), r#"{"a":1}"#);
    assert_eq!(
        render(r#""Hello, <$.messageId>""#, &message("")),
        r#""Hello, m-1""#
    );
    assert_eq!(
        render("1 < 2, <b> & <$.messageId", &message("")),
        "1 < 2, <b> & <$.messageId"
    );
}

#[test]
fn refuses_what_cannot_be_rendered() {
    let error = |template: &str| InputTemplate::parse(template).unwrap_err();
    assert!(error(r#"{"a":<$.a[>}"#).contains("<$.a[> is not a JSON path"));
    assert!(error("<aws.pipes.pipe-arn>").contains("<aws.pipes.pipe-arn> is a reserved variable"));
    assert!(error(r#"{"a":<$.a>,}"#).contains("not valid JSON"));
    assert!(error(r#"{"a":x<$.a>}"#).contains("(line 1, column"));
}

#[test]
fn text_that_looks_like_a_placeholder_is_not_rendered_again() {
    let event = message(r#"{"a":"<$.messageId>"}"#);
    assert_eq!(
        render(r#"{"a":<$.body.a>}"#, &event),
        r#"{"a":"<$.messageId>"}"#
    );
}
