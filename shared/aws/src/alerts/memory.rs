use aws_sdk_dynamodb::Client;
use domain::{SignedDuration, StoreError, Timestamp};

use crate::{
    Sdk,
    failure::{classify, permanent},
    item::{Item, number, text, unmet},
};

const QUERY: &str = "dynamodb:Query";

/// The hash key of all alerts in the `processed` table. No event has this ref: endpoints' names
/// begin with a letter or a digit.
const PARTITION: &str = "-/alerts";

/// How long DynamoDB keeps what is no longer written. An open alert is written once a day.
const KEEP: SignedDuration = SignedDuration::from_hours(7 * 24);

/// What was said about each cause, and when: items of the `processed` table.
#[derive(Debug, Clone)]
pub struct AlertMemory {
    client: Client,
    table: String,
}

/// What is remembered of one cause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remembered {
    /// The cause, and whom it is said to.
    pub key: String,
    /// Grows by one with each write.
    pub version: u64,
    /// Whether it was said that it began, and not yet that it is over.
    pub open: bool,
    /// When it was first seen, the last time that it began.
    pub since: Timestamp,
    /// When it was last said that it holds.
    pub said_at: Option<Timestamp>,
    /// How much of it there was when it was last said, or less if it became less.
    pub count: u64,
    /// Until then a run is about to say something. After that the run counts as dead.
    pub claimed_until: Option<Timestamp>,
}

impl AlertMemory {
    /// Remembers in this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// All that is remembered.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn all(&self) -> Result<Vec<Remembered>, StoreError> {
        let mut pages = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression("#ref = :ref")
            .expression_attribute_names("#ref", "ref")
            .expression_attribute_values(":ref", text(PARTITION))
            // What another run has just written must be seen.
            .consistent_read(true)
            .into_paginator()
            .send();
        let mut found = Vec::new();
        while let Some(page) = pages.next().await {
            let page = page.map_err(|error| classify(QUERY, &error))?;
            for item in page.items() {
                let remembered = remembered(item);
                found.push(remembered.ok_or_else(|| permanent(QUERY, "an alert is unreadable"))?);
            }
        }
        Ok(found)
    }

    /// Writes it, if the version before it is the one that is there. `false`: another run was
    /// faster, or this call had gone through already and its answer was lost.
    ///
    /// # Errors
    /// As [`StoreError`] says. It may have been written anyway.
    pub async fn put(&self, alert: &Remembered, now: Timestamp) -> Result<bool, StoreError> {
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(alert, now)));
        let call = match alert.version {
            0 | 1 => call
                .condition_expression("attribute_not_exists(#ref)")
                .expression_attribute_names("#ref", "ref"),
            version => call
                .condition_expression("#version = :before")
                .expression_attribute_names("#version", "version")
                .expression_attribute_values(":before", number(version.saturating_sub(1))),
        };
        match call.send().await {
            Ok(_) => Ok(true),
            Err(error) => unmet(&error).map(|_| false),
        }
    }
}

fn item(alert: &Remembered, now: Timestamp) -> Item {
    let expires_at = now.saturating_add(KEEP).unwrap_or(now);
    let times = [
        ("since", Some(alert.since)),
        ("said_at", alert.said_at),
        ("claimed_until", alert.claimed_until),
    ];
    let times = times
        .into_iter()
        .filter_map(|(name, at)| Some((name, number(at?.as_millisecond()))));
    [
        ("ref", text(PARTITION)),
        ("processor", text(&alert.key)),
        ("version", number(alert.version)),
        ("state", text(if alert.open { "open" } else { "over" })),
        ("count", number(alert.count)),
        ("expires_at", number(expires_at.as_second())),
    ]
    .into_iter()
    .chain(times)
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

fn remembered(item: &Item) -> Option<Remembered> {
    let word = |name: &str| item.get(name)?.as_s().ok();
    let number = |name: &str| item.get(name)?.as_n().ok();
    let time = |name: &str| {
        let ms = number(name)?.parse().ok()?;
        Timestamp::from_millisecond(ms).ok()
    };
    Some(Remembered {
        key: word("processor")?.clone(),
        version: number("version")?.parse().ok()?,
        open: word("state")? == "open",
        since: time("since")?,
        said_at: time("said_at"),
        count: number("count")?.parse().ok()?,
        claimed_until: time("claimed_until"),
    })
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        operation::{
            put_item::{PutItemError, PutItemOutput},
            query::QueryOutput,
        },
        types::error::ConditionalCheckFailedException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn alert(version: u64) -> Remembered {
        Remembered {
            key: "arn:topic dlq:invoices".to_owned(),
            version,
            open: true,
            since: at("2026-11-22T05:00:00Z"),
            said_at: Some(at("2026-11-22T05:00:01Z")),
            count: 3,
            claimed_until: None,
        }
    }

    fn against(rule: &Rule) -> AlertMemory {
        AlertMemory {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
            table: "processed".to_owned(),
        }
    }

    #[tokio::test]
    async fn what_was_written_is_read_again() {
        let claimed = Remembered {
            open: false,
            said_at: None,
            claimed_until: Some(at("2026-11-22T05:00:50Z")),
            ..alert(1)
        };
        let all = [alert(7), claimed];
        let items: Vec<Item> = all.iter().map(|one| item(one, one.since)).collect();
        // A week later.
        assert_eq!(items[0]["expires_at"], number(1_795_928_400));
        let query = mock!(Client::query)
            .match_requests(|call| {
                call.table_name() == Some("processed")
                    && call.expression_attribute_values().unwrap()[":ref"] == text("-/alerts")
                    && call.consistent_read() == Some(true)
            })
            .then_output(move || {
                QueryOutput::builder()
                    .set_items(Some(items.clone()))
                    .build()
            });
        assert_eq!(against(&query).all().await.unwrap(), all);
        let foreign =
            mock!(Client::query).then_output(|| QueryOutput::builder().items(Item::new()).build());
        assert!(against(&foreign).all().await.is_err());
    }

    #[tokio::test]
    async fn one_of_two_writers_succeeds() {
        let first = mock!(Client::put_item)
            .match_requests(|call| {
                call.condition_expression() == Some("attribute_not_exists(#ref)")
            })
            .then_output(|| PutItemOutput::builder().build());
        let now = at("2026-11-22T05:00:00Z");
        assert!(against(&first).put(&alert(1), now).await.unwrap());
        let next = mock!(Client::put_item)
            .match_requests(|call| {
                call.condition_expression() == Some("#version = :before")
                    && call.expression_attribute_values().unwrap()[":before"] == number(6)
                    && call.item().unwrap()["version"] == number(7)
            })
            .then_output(|| PutItemOutput::builder().build());
        assert!(against(&next).put(&alert(7), now).await.unwrap());
        let late = mock!(Client::put_item).then_error(|| {
            let failed = ConditionalCheckFailedException::builder().build();
            PutItemError::ConditionalCheckFailedException(failed)
        });
        assert!(!against(&late).put(&alert(7), now).await.unwrap());
    }
}
