use aws_sdk_dynamodb::operation::query::{QueryInput, QueryOutput};
use aws_smithy_mocks::{RuleMode, mock, mock_client};
use domain::{AttributeName, Timestamp};

use super::*;
use crate::item::{number, text};

fn is_the_query(call: &QueryInput) -> bool {
    let values = call.expression_attribute_values().unwrap();
    let names = call.expression_attribute_names().unwrap();
    call.table_name() == Some("events")
        && call.index_name() == Some("by-attribute-2")
        && call.key_condition_expression()
            == Some("#partition = :partition AND #received_at BETWEEN :first AND :last")
        && names["#partition"] == "find_2"
        && values[":partition"] == text("stripe#customer=cus_1")
        && values[":first"] == text("2026-11-21T20:00:00.000Z")
        && values[":last"] == text("2026-11-21T20:59:59.999Z")
        && call.scan_index_forward() == Some(false)
        && call.limit() == Some(51)
        && call.filter_expression().is_none()
}

#[tokio::test]
async fn a_value_is_one_query_of_one_index_with_the_newest_first() {
    let rule = mock!(Client::query)
        .match_requests(is_the_query)
        .then_output(|| {
            let item = [
                ("ref", text("stripe/evt_1")),
                ("id", text("evt_1")),
                ("type", text("invoice.paid")),
                ("subject", text("cus_1")),
                ("size", number(147)),
                ("received_at", text("2026-11-21T20:59:57.414Z")),
            ];
            let item = item.map(|(name, value)| (name.to_owned(), value)).into();
            QueryOutput::builder().items(item).build()
        });
    let by_attribute = ByAttribute {
        client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]),
        table: "events".to_owned(),
    };
    let at = |hour| -> Timestamp { format!("2026-11-21T{hour}:00:00Z").parse().unwrap() };
    let wanted = Wanted {
        endpoint: None,
        kinds: &[],
        named: None,
        from: at(20),
        until: at(21),
        newest_first: true,
    };
    let stripe = "stripe".to_owned().try_into().unwrap();
    let key = FindKey::new(&stripe, &AttributeName::own("customer"), "cus_1");
    let index = FindIndex::ALL[1];
    let page = by_attribute.page(index, &key, &wanted, 51, None).await;
    let page = page.unwrap();
    assert_eq!(page.rows.len(), 1);
    assert_eq!(page.rows[0].reference.to_string(), "stripe/evt_1");
    assert_eq!((page.next, rule.num_calls()), (None, 1));
}
