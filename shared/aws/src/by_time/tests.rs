use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
use aws_smithy_types::error::ErrorMetadata;

use super::*;

fn at(time: &str) -> Timestamp {
    format!("2026-11-21T{time}Z").parse().unwrap()
}

fn bucket() -> TimeBucket {
    TimeBucket::shards(at("20:00:00")).nth(10).unwrap()
}

const ALL: Wanted<'static> = Wanted {
    endpoint: None,
    kinds: &[],
    named: None,
    from: Timestamp::UNIX_EPOCH,
    until: Timestamp::MAX,
    newest_first: false,
};

fn item() -> Item {
    let item = [
        ("ref", text("stripe/cus_1/evt_1")),
        ("id", text("evt_1")),
        ("type", text("invoice.paid")),
        ("subject", text("cus_1")),
        ("size", AttributeValue::N("147".to_owned())),
        ("received_at", text("2026-11-21T20:59:57.414Z")),
    ];
    item.map(|(name, value)| (name.to_owned(), value)).into()
}

async fn ask(wanted: &Wanted<'_>, after: Option<PageKey>, rule: &Rule) -> Result<Page, StoreError> {
    let by_time = ByTime {
        client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
        table: "events".to_owned(),
    };
    by_time.page(&bucket(), wanted, 50, after).await
}

fn answers(matches: impl Fn(&QueryInput) -> bool + Send + Sync + 'static) -> Rule {
    mock!(Client::query)
        .match_requests(matches)
        .then_output(|| QueryOutput::builder().items(item()).build())
}

/// Whether every name and every value that the call defines is used in one of its
/// expressions: DynamoDB refuses a call with an unused one.
fn uses_all_it_names(call: &QueryInput) -> bool {
    let said = format!(
        "{} {} {} ",
        call.key_condition_expression().unwrap(),
        call.filter_expression().unwrap_or_default(),
        call.projection_expression().unwrap()
    );
    let words: Vec<&str> = said.split([' ', '(', ')', ',']).collect();
    let names = call.expression_attribute_names().unwrap().keys();
    let values = call.expression_attribute_values().unwrap().keys();
    names
        .chain(values)
        .all(|name| words.contains(&name.as_str()))
}

#[tokio::test]
async fn a_row_is_what_the_index_holds_of_a_pointer() {
    let rule = answers(|call| {
        let values = call.expression_attribute_values().unwrap();
        call.table_name() == Some("events")
            && call.index_name() == Some("by-time")
            && call.limit() == Some(50)
            && call.scan_index_forward() == Some(true)
            && values[":partition"] == text("2026-11-21T20#a")
            && call.expression_attribute_names().unwrap()["#partition"] == "time_bucket"
            && call.filter_expression().is_none()
            && uses_all_it_names(call)
    });
    let row = Listed {
        reference: "stripe/cus_1/evt_1".parse().unwrap(),
        id: "evt_1".to_owned(),
        kind: "invoice.paid".to_owned(),
        subject: "cus_1".to_owned(),
        size: 147,
        received_at: at("20:59:57.414"),
        request_id: None,
    };
    let page = ask(&ALL, None, &rule).await.unwrap();
    assert_eq!((page.rows, page.next), (vec![row], None));
}

#[tokio::test]
async fn the_end_is_exclusive_and_no_time_between_asks_nothing() {
    for (from, until, first, last) in [
        ("20:00:00", "21:00:00", "20:00:00.000", "20:59:59.999"),
        (
            "20:00:00.0005",
            "20:30:00.0005",
            "20:00:00.000",
            "20:30:00.000",
        ),
        ("20:00:00", "20:00:00.001", "20:00:00.000", "20:00:00.000"),
    ] {
        let rule = answers(move |call| {
            let values = call.expression_attribute_values().unwrap();
            values[":first"] == text(&format!("2026-11-21T{first}Z"))
                && values[":last"] == text(&format!("2026-11-21T{last}Z"))
        });
        let (from, until) = (at(from), at(until));
        let page = ask(&Wanted { from, until, ..ALL }, None, &rule).await;
        assert_eq!(page.unwrap().rows.len(), 1, "{until}");
    }
    for until in ["20:00:00", "19:00:00"] {
        let (from, until) = (at("20:00:00"), at(until));
        let rule = answers(|_| true);
        let page = ask(&Wanted { from, until, ..ALL }, None, &rule)
            .await
            .unwrap();
        assert_eq!((page.rows, page.next), (vec![], None));
        assert_eq!(rule.num_calls(), 0);
    }
}

#[tokio::test]
async fn endpoints_and_types_are_filtered_by_dynamodb() {
    let stripe = "stripe".to_owned().try_into().unwrap();
    let kinds = |kinds: &[&str]| {
        kinds
            .iter()
            .map(|&kind| kind.to_owned())
            .collect::<Vec<_>>()
    };
    for (endpoint, kinds, filter, values) in [
        (None, kinds(&["push"]), "(#type = :kind0)", vec!["push"]),
        (
            Some(&stripe),
            kinds(&["invoice.*", "push"]),
            "#endpoint = :endpoint AND (begins_with(#type, :kind0) OR #type = :kind1)",
            vec!["invoice.", "push"],
        ),
        (
            Some(&stripe),
            kinds(&["push", "*"]),
            "#endpoint = :endpoint",
            vec![],
        ),
    ] {
        let rule = answers(move |call| {
            let have = call.expression_attribute_values().unwrap();
            let kinds = values.iter().enumerate();
            call.filter_expression() == Some(filter)
                && kinds
                    .into_iter()
                    .all(|(place, value)| have[&format!(":kind{place}")] == text(value))
                && have
                    .get(":endpoint")
                    .is_none_or(|name| *name == text("stripe"))
                && uses_all_it_names(call)
        });
        let wanted = Wanted {
            endpoint,
            kinds: &kinds,
            newest_first: true,
            ..ALL
        };
        assert!(ask(&wanted, None, &rule).await.is_ok(), "{filter}");
    }
}

#[tokio::test]
async fn the_beginning_of_a_ref_an_id_or_a_key_is_looked_for_by_dynamodb() {
    let rule = answers(|call| {
        let have = call.expression_attribute_values().unwrap();
        call.filter_expression()
            == Some(
                "(begins_with(#ref, :start) OR begins_with(#id, :start) OR contains(#ref, :key))",
            )
            && have[":start"] == text("evt/1 ")
            && have[":key"] == text("/evt%2F1%20")
            && uses_all_it_names(call)
    });
    let wanted = Wanted {
        named: Some("evt/1 "),
        ..ALL
    };
    assert!(ask(&wanted, None, &rule).await.is_ok());
}

#[tokio::test]
async fn an_empty_page_may_lead_to_another() {
    let key = [
        ("pk", text("stripe#cus_1")),
        ("received_at", text("2026-11-21T20:59:57.414Z")),
    ];
    let key: Item = key.map(|(name, value)| (name.to_owned(), value)).into();
    let last = key.clone();
    let rule = mock!(Client::query)
        .match_requests(|call| call.exclusive_start_key().is_none())
        .then_output(move || {
            let output = QueryOutput::builder();
            output.set_last_evaluated_key(Some(last.clone())).build()
        });
    let page = ask(&ALL, None, &rule).await.unwrap();
    assert!(page.rows.is_empty());
    let ended = page.next.as_ref().and_then(PageKey::received_at);
    assert_eq!(ended, Some(at("20:59:57.414")));
    let rule = answers(move |call| call.exclusive_start_key() == Some(&key));
    let page = ask(&ALL, page.next, &rule).await.unwrap();
    assert_eq!(page.rows.len(), 1);
}

#[tokio::test]
async fn a_row_that_is_no_pointer_is_no_silence_and_a_busy_table_is_for_later() {
    for name in PROJECTED.into_iter().filter(|name| *name != "request_id") {
        let rule = mock!(Client::query).then_output(move || {
            let mut item = item();
            item.insert(name.to_owned(), AttributeValue::Bool(true));
            QueryOutput::builder().items(item).build()
        });
        let error = ask(&ALL, None, &rule).await.unwrap_err();
        let StoreError::Permanent { source, .. } = error else {
            panic!("{name}")
        };
        assert!(source.to_string().contains(name), "{source}");
    }
    let rule = mock!(Client::query).then_error(|| {
        let code = "ProvisionedThroughputExceededException";
        aws_sdk_dynamodb::operation::query::QueryError::generic(
            ErrorMetadata::builder().code(code).build(),
        )
    });
    let error = ask(&ALL, None, &rule).await.unwrap_err();
    assert!(matches!(error, StoreError::Transient { .. }));
}
