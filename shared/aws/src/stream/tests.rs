use std::collections::HashMap;

use aws_sdk_dynamodbstreams::{
    operation::{get_records::GetRecordsOutput, get_shard_iterator::GetShardIteratorOutput},
    types::{OperationType, StreamRecord as Change},
};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_runtime_api::http::StatusCode;
use aws_smithy_types::body::SdkBody;

use super::*;

const RANGE: StreamRange<'static> = StreamRange {
    stream_arn: "stream",
    shard_id: "shard",
    first: "98",
    last: "100",
};

fn start() -> Rule {
    mock!(Client::get_shard_iterator)
        .match_requests(|call| {
            call.stream_arn() == Some("stream")
                && call.shard_id() == Some("shard")
                && call.shard_iterator_type() == Some(&ShardIteratorType::AtSequenceNumber)
                && call.sequence_number() == Some("98")
        })
        .then_output(|| {
            GetShardIteratorOutput::builder()
                .shard_iterator("0")
                .build()
        })
}

/// The page at this iterator, whose next one is `next`.
fn page(at: &'static str, sequence: &'static [&'static str], next: Option<&'static str>) -> Rule {
    mock!(Client::get_records)
        .match_requests(move |call| call.shard_iterator() == Some(at))
        .then_output(move || {
            GetRecordsOutput::builder()
                .set_records(Some(sequence.iter().map(|number| record(number)).collect()))
                .set_next_shard_iterator(next.map(str::to_owned))
                .build()
        })
}

fn record(sequence: &str) -> Record {
    let image = HashMap::from([
        ("id".to_owned(), AttributeValue::S("evt_1".to_owned())),
        ("size".to_owned(), AttributeValue::N("2".to_owned())),
        ("odd".to_owned(), AttributeValue::Bool(true)),
    ]);
    let change = Change::builder()
        .sequence_number(sequence)
        .set_new_image(Some(image))
        .build();
    Record::builder()
        .event_id(format!("e{sequence}"))
        .event_name(OperationType::Insert)
        .dynamodb(change)
        .build()
}

async fn read(rules: &[&Rule]) -> Result<Reading, StoreError> {
    let client = mock_client!(aws_sdk_dynamodbstreams, RuleMode::MatchAny, rules);
    Stream { client }.read(RANGE).await
}

async fn numbers(rules: &[&Rule]) -> Vec<String> {
    match read(rules).await.unwrap() {
        Reading::Records(records) => records.into_iter().map(|r| r.sequence_number).collect(),
        Reading::Gone { reason } => panic!("{reason}"),
    }
}

#[tokio::test]
async fn reads_on_from_page_to_page_and_no_further_than_the_last() {
    let (first, empty) = (
        page("0", &["98", "99"], Some("1")),
        page("1", &[], Some("2")),
    );
    let last = page("2", &["100", "101"], Some("3"));
    let found = numbers(&[&start(), &first, &empty, &last]).await;
    assert_eq!(found, ["98", "99", "100"]);
}

#[tokio::test]
async fn a_record_past_the_last_ends_it_too() {
    let only = page("0", &["98", "101"], Some("1"));
    assert_eq!(numbers(&[&start(), &only]).await, ["98"]);
}

#[tokio::test]
async fn one_record_is_asked_for_alone() {
    let rule = mock!(Client::get_records)
        .match_requests(|call| call.limit() == Some(1))
        .then_output(|| GetRecordsOutput::builder().records(record("98")).build());
    let client = mock_client!(
        aws_sdk_dynamodbstreams,
        RuleMode::MatchAny,
        [&start(), &rule]
    );
    let range = StreamRange {
        last: "98",
        ..RANGE
    };
    let read = Stream { client }.read(range).await.unwrap();
    let image = [("id", "evt_1"), ("size", "2")].map(|(k, v)| (k.to_owned(), v.to_owned()));
    let expected = StreamRecord {
        event_id: "e98".to_owned(),
        event_name: "INSERT".to_owned(),
        sequence_number: "98".to_owned(),
        image: image.into(),
    };
    assert_eq!(read, Reading::Records(vec![expected]));
}

#[tokio::test]
async fn a_shard_that_ends_too_early_is_no_whole_answer() {
    let only = page("0", &["98", "99"], None);
    let read = read(&[&start(), &only]).await.unwrap();
    assert!(matches!(read, Reading::Gone { .. }), "{read:?}");
}

#[tokio::test]
async fn pages_that_stay_empty_are_asked_for_again_later() {
    let empty = mock!(Client::get_records)
        .match_requests(|_| true)
        .then_output(|| GetRecordsOutput::builder().next_shard_iterator("0").build());
    let error = read(&[&start(), &empty]).await.unwrap_err();
    assert!(matches!(error, StoreError::Transient { .. }));
    assert_eq!(empty.num_calls(), EMPTY_PAGES);
}

fn answer(status: u16, code: &'static str) -> impl Fn() -> HttpResponse + Send + Sync + 'static {
    move || {
        let body = format!(r#"{{"__type":"com.amazonaws.dynamodb#{code}","message":"m"}}"#);
        HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::from(body))
    }
}

#[derive(Debug, PartialEq)]
enum Sorted {
    Gone,
    Later,
    Never,
}

#[tokio::test]
async fn what_is_gone_is_told_from_what_failed() {
    for (status, code, expected) in [
        (400, "TrimmedDataAccessException", Sorted::Gone),
        (400, "ResourceNotFoundException", Sorted::Gone),
        (400, "ValidationException", Sorted::Gone),
        (400, "ExpiredIteratorException", Sorted::Later),
        (400, "LimitExceededException", Sorted::Later),
        (500, "InternalServerError", Sorted::Later),
        (400, "AccessDeniedException", Sorted::Never),
    ] {
        let no_iterator = mock!(Client::get_shard_iterator)
            .sequence()
            .http_response(answer(status, code))
            .repeatedly()
            .build();
        let no_records = mock!(Client::get_records)
            .sequence()
            .http_response(answer(status, code))
            .repeatedly()
            .build();
        for rules in [&[&no_iterator][..], &[&start(), &no_records]] {
            let sorted = match read(rules).await {
                Ok(Reading::Gone { .. }) => Sorted::Gone,
                Ok(Reading::Records(records)) => panic!("{records:?}"),
                Err(StoreError::Transient { .. }) => Sorted::Later,
                Err(StoreError::Permanent { .. }) => Sorted::Never,
            };
            assert_eq!(sorted, expected, "{code}");
        }
    }
}

#[test]
fn sequence_numbers_are_compared_as_numbers() {
    assert_eq!(order("99", "100"), Ordering::Less);
    assert_eq!(order("100", "99"), Ordering::Greater);
    assert_eq!(order("0099", "99"), Ordering::Equal);
    let long = "49545115243490985018280067714973144582180062593244200961";
    assert_eq!(order(long, "1"), Ordering::Greater);
}
