use aws_sdk_dynamodb::{Client, types::AttributeValue};
use domain::{Heartbeat, PartitionKey, SignedDuration, StoreError, Timestamp, format_time};

use crate::{
    Sdk,
    failure::{classify, permanent},
    item::{Item, PUT, number, text},
};

const QUERY: &str = "dynamodb:Query";
const DELETE: &str = "dynamodb:DeleteItem";

/// Of nothing: a heartbeat has no payload.
const SHA256_OF_NOTHING: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// All zero, as W3C says for a trace that is not recorded.
const NO_TRACE: &str = "00-00000000000000000000000000000000-0000000000000000-00";

/// The stream forgets a record after a day: events not routed by then never are.
const KEEP: SignedDuration = SignedDuration::from_hours(24);

/// If there are more than these, the oldest are returned.
const AT_MOST: i32 = 100;

/// The heartbeats in the `events` table.
#[derive(Debug, Clone)]
pub struct Heartbeats {
    client: Client,
    table: String,
}

impl Heartbeats {
    /// Writes to this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// Writes it. Writing the same one twice leaves one item and one record in
    /// the stream.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn put(&self, heartbeat: Heartbeat) -> Result<(), StoreError> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(heartbeat)))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT, &error))
    }

    /// Those that were written within the last day and not deleted, oldest first, at
    /// most 100.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn outstanding(&self, now: Timestamp) -> Result<Vec<Heartbeat>, StoreError> {
        let since = now.saturating_sub(KEEP).unwrap_or(now);
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("pk = :pk AND sk > :since")
            .expression_attribute_values(":pk", text(Heartbeat::PARTITION))
            // Older ones wait for DynamoDB to expire them, which may take days.
            .expression_attribute_values(":since", text(&format_time(since)))
            .projection_expression("sk")
            // A heartbeat that was just deleted must not be returned.
            .consistent_read(true)
            .limit(AT_MOST)
            .send()
            .await
            .map_err(|error| classify(QUERY, &error))?;
        let written = answer.items().iter().map(|item| match item.get("sk") {
            Some(AttributeValue::S(id)) => Heartbeat::from_id(id),
            _ => None,
        });
        written
            .collect::<Option<_>>()
            .ok_or_else(|| permanent(QUERY, "a heartbeat's sk is not a time"))
    }

    /// Deletes it, if it is there.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn delete(&self, heartbeat: Heartbeat) -> Result<(), StoreError> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .key("pk", text(Heartbeat::PARTITION))
            .key("sk", text(&heartbeat.id()))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(DELETE, &error))
    }
}

/// Every attribute that a pipe reads of a pointer. No `time_bucket`: it must be in
/// no index.
fn item(heartbeat: Heartbeat) -> Item {
    let id = heartbeat.id();
    let expires_at = heartbeat
        .written_at()
        .saturating_add(KEEP)
        .unwrap_or(heartbeat.written_at());
    Item::from(
        [
            ("pk", text(Heartbeat::PARTITION)),
            ("sk", text(&id)),
            ("ref", text(&heartbeat.reference())),
            ("id", text(&id)),
            ("type", text(Heartbeat::TYPE)),
            ("endpoint", text(Heartbeat::ENDPOINT)),
            ("subject", text(&id)),
            ("occurred_at", text(&id)),
            ("received_at", text(&id)),
            ("content_type", text("text/plain")),
            ("size", number(0)),
            ("sha256", text(SHA256_OF_NOTHING)),
            ("dataref", text("s3://-/-")),
            ("traceparent", text(NO_TRACE)),
            ("group", text(&PartitionKey::group(Heartbeat::PARTITION))),
            ("replayid", text("")),
            ("replayforce", text("false")),
            ("expires_at", number(expires_at.as_second())),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::{
        delete_item::DeleteItemOutput, put_item::PutItemOutput, query::QueryOutput,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn heartbeat() -> Heartbeat {
        Heartbeat::from_id("2026-11-22T05:00:00.250Z").unwrap()
    }

    fn against(rule: &Rule) -> Heartbeats {
        Heartbeats {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
            table: "events".to_owned(),
        }
    }

    #[test]
    fn has_all_that_the_routers_template_reads_and_no_time_bucket() {
        let item = item(heartbeat());
        let n = |value: &str| AttributeValue::N(value.to_owned());
        for (name, value) in [
            ("pk", text("-#heartbeat")),
            ("sk", text("2026-11-22T05:00:00.250Z")),
            ("ref", text("-/2026-11-22T05:00:00.250Z")),
            ("id", text("2026-11-22T05:00:00.250Z")),
            ("type", text("coatcheck.heartbeat")),
            ("endpoint", text("-")),
            ("subject", text("2026-11-22T05:00:00.250Z")),
            ("occurred_at", text("2026-11-22T05:00:00.250Z")),
            ("received_at", text("2026-11-22T05:00:00.250Z")),
            ("content_type", text("text/plain")),
            ("size", n("0")),
            ("dataref", text("s3://-/-")),
            ("replayid", text("")),
            ("replayforce", text("false")),
            // A day later.
            ("expires_at", n("1795410000")),
        ] {
            assert_eq!(item[name], value, "{name}");
        }
        assert_eq!(item["sha256"], text(SHA256_OF_NOTHING));
        assert_eq!(item["traceparent"], text(NO_TRACE));
        assert!(!item.contains_key("time_bucket"));
    }

    #[tokio::test]
    async fn is_put_and_deleted_by_its_key() {
        let put = mock!(Client::put_item)
            .match_requests(|call| {
                call.table_name() == Some("events")
                    && call.item().is_some_and(|item| item.contains_key("ref"))
            })
            .then_output(|| PutItemOutput::builder().build());
        against(&put).put(heartbeat()).await.unwrap();
        let delete = mock!(Client::delete_item)
            .match_requests(|call| {
                let key = call.key().unwrap();
                key["pk"] == text("-#heartbeat") && key["sk"] == text("2026-11-22T05:00:00.250Z")
            })
            .then_output(|| DeleteItemOutput::builder().build());
        against(&delete).delete(heartbeat()).await.unwrap();
        assert_eq!((put.num_calls(), delete.num_calls()), (1, 1));
    }

    async fn outstanding(ids: &'static [&'static str]) -> Result<Vec<Heartbeat>, StoreError> {
        let rule = mock!(Client::query)
            .match_requests(|call| {
                let values = call.expression_attribute_values().unwrap();
                call.key_condition_expression() == Some("pk = :pk AND sk > :since")
                    && call.consistent_read() == Some(true)
                    && call.limit() == Some(100)
                    && values[":pk"] == text("-#heartbeat")
                    && values[":since"] == text("2026-11-21T05:01:00.000Z")
            })
            .then_output(|| {
                let item = |id: &&str| Item::from([("sk".to_owned(), text(id))]);
                QueryOutput::builder()
                    .set_items(Some(ids.iter().map(item).collect()))
                    .build()
            });
        let now = "2026-11-22T05:01:00Z".parse().unwrap();
        against(&rule).outstanding(now).await
    }

    #[tokio::test]
    async fn those_of_a_day_oldest_first() {
        let found = outstanding(&["2026-11-22T05:00:00.250Z", "2026-11-22T05:00:59.000Z"]).await;
        let later = Heartbeat::from_id("2026-11-22T05:00:59.000Z").unwrap();
        assert_eq!(found.unwrap(), [heartbeat(), later]);
        assert_eq!(outstanding(&[]).await.unwrap(), []);
        assert!(outstanding(&["yesterday"]).await.is_err());
    }
}
