//! Many items of a table in one request.

use std::collections::HashMap;

use aws_sdk_dynamodb::{Client, types::KeysAndAttributes};
use domain::{Ref, StoreError};

use crate::{
    Listed, Pointers, by_time,
    failure::{classify, permanent},
    item::Item,
    pointers::key,
};

const BATCH_GET: &str = "dynamodb:BatchGetItem";

/// The most keys of one request. What does not fit into 16 MB, or is more than the table can give
/// at that moment, is named in the answer as not read.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_BatchGetItem.html>
pub const BATCH: usize = 100;

/// The items of these keys that exist, in no order, and the keys that were not read.
pub(super) async fn batch(
    client: &Client,
    table: &str,
    keys: Vec<Item>,
    attributes: &[&str],
) -> Result<(Vec<Item>, Vec<Item>), StoreError> {
    if keys.is_empty() {
        return Ok((Vec::new(), Vec::new()));
    }
    let names: Vec<String> = attributes.iter().map(|name| format!("#{name}")).collect();
    let wanted = KeysAndAttributes::builder()
        .set_keys(Some(keys))
        .projection_expression(names.join(", "));
    let wanted = attributes.iter().fold(wanted, |wanted, name| {
        wanted.expression_attribute_names(format!("#{name}"), *name)
    });
    let wanted = wanted
        .build()
        .map_err(|error| permanent(BATCH_GET, error.to_string()))?;
    let answer = client
        .batch_get_item()
        .request_items(table, wanted)
        .send()
        .await
        .map_err(|error| classify(BATCH_GET, &error))?;
    let left = answer.unprocessed_keys.unwrap_or_default();
    let left = left.into_values().flat_map(|of_table| of_table.keys);
    let found = answer.responses.unwrap_or_default();
    Ok((found.into_values().flatten().collect(), left.collect()))
}

impl Pointers {
    /// What the by-time index would show of up to [`BATCH`] events, in one request and in no
    /// order. The refs must differ. Those that were not read are the second value: ask again for
    /// them.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn listed(&self, refs: &[Ref]) -> Result<(Vec<Listed>, Vec<Ref>), StoreError> {
        let place = |item: &Item| {
            let of = |name: &str| Some(item.get(name)?.as_s().ok()?.clone());
            Some((of("pk")?, of("sk")?))
        };
        // Two refs may name one item: `a/1` and `a/1/1`.
        let keys = refs.iter().map(|one| (key(one), one));
        let by_place: HashMap<_, _> = keys
            .filter_map(|(key, one)| Some((place(&key)?, (key, one))))
            .collect();
        let keys = by_place.values().map(|(key, _)| key.clone()).collect();
        let (found, left) = batch(&self.client, &self.table, keys, &by_time::PROJECTED).await?;
        // A tombstone is in no index, and has no type.
        let found = found.iter().filter(|item| item.contains_key("type"));
        let found = found.map(|item| by_time::listed(BATCH_GET, item));
        let left = left.iter().filter_map(|item| {
            let (_, one) = by_place.get(&place(item)?)?;
            Some((*one).clone())
        });
        Ok((found.collect::<Result<_, _>>()?, left.collect()))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{operation::batch_get_item::BatchGetItemOutput, types::AttributeValue};
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;
    use crate::item::text;

    fn refs(all: &[&str]) -> Vec<Ref> {
        all.iter().map(|one| one.parse().unwrap()).collect()
    }

    async fn ask(rule: &Rule, wanted: &[&str]) -> (Vec<Listed>, Vec<Ref>) {
        let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]);
        let pointers = Pointers::over(client, "events");
        pointers.listed(&refs(wanted)).await.unwrap()
    }

    fn pointer(reference: &str) -> Item {
        let item = [
            ("ref", text(reference)),
            ("id", text("evt_1")),
            ("type", text("invoice.paid")),
            ("subject", text("")),
            ("size", AttributeValue::N("147".to_owned())),
            ("received_at", text("2026-11-21T20:59:57.414Z")),
        ];
        item.map(|(name, value)| (name.to_owned(), value)).into()
    }

    #[tokio::test]
    async fn finds_those_that_exist_and_names_those_that_were_not_read() {
        let rule = mock!(Client::batch_get_item)
            .match_requests(|call| {
                let wanted = &call.request_items().unwrap()["events"];
                let names = wanted.expression_attribute_names().unwrap();
                wanted.keys().len() == 3
                    && names.len() == by_time::PROJECTED.len()
                    && wanted
                        .projection_expression()
                        .unwrap()
                        .split(", ")
                        .all(|name| names.contains_key(name))
            })
            .then_output(|| {
                let left = KeysAndAttributes::builder()
                    .keys(key(&"stripe/cus_1/evt_3".parse().unwrap()))
                    .build()
                    .unwrap();
                let mut erased = pointer("stripe/evt_2");
                for name in ["id", "type", "subject", "size"] {
                    erased.remove(name);
                }
                BatchGetItemOutput::builder()
                    .responses("events", vec![pointer("stripe/evt_1"), erased])
                    .unprocessed_keys("events", left)
                    .build()
            });
        let wanted = ["stripe/evt_1", "stripe/evt_2", "stripe/cus_1/evt_3"];
        let (found, left) = ask(&rule, &wanted).await;
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].reference.to_string(), "stripe/evt_1");
        assert_eq!(left, refs(&["stripe/cus_1/evt_3"]));
    }

    #[tokio::test]
    async fn a_key_is_asked_for_once_and_nothing_asks_nothing() {
        let rule = mock!(Client::batch_get_item)
            .match_requests(|call| call.request_items().unwrap()["events"].keys().len() == 1)
            .then_output(|| BatchGetItemOutput::builder().build());
        ask(&rule, &["a/1", "a/1/1"]).await;
        assert_eq!(rule.num_calls(), 1);
        ask(&rule, &[]).await;
        assert_eq!(rule.num_calls(), 1);
    }
}
