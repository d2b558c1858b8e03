//! Many items of a table in one request.

use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    types::{AttributeValue, KeysAndAttributes},
};
use domain::{ERASED_AT, Ref, StoreError};

use crate::{
    Image, Listed, Pointers, by_time,
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
        let (found, left) = self.some(refs, &by_time::PROJECTED).await?;
        let found = found.iter().map(|item| by_time::listed(BATCH_GET, item));
        Ok((found.collect::<Result<_, _>>()?, left))
    }

    /// The texts that up to [`BATCH`] pointers have under these names, by their refs, likewise in one request. A pointer
    /// may have none of them.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn texts(
        &self,
        refs: &[Ref],
        names: &[&str],
    ) -> Result<(Vec<(Ref, Image)>, Vec<Ref>), StoreError> {
        let attributes: Vec<&str> = ["ref"].iter().chain(names).copied().collect();
        let (found, left) = self.some(refs, &attributes).await?;
        let texts = |item: Item| {
            let reference = item
                .get("ref")
                .and_then(|text| text.as_s().ok()?.parse().ok());
            let reference =
                reference.ok_or_else(|| permanent(BATCH_GET, "a pointer has no readable ref"))?;
            let texts = item.into_iter().filter_map(|(name, value)| match value {
                AttributeValue::S(text) => Some((name, text)),
                _ => None,
            });
            Ok((reference, texts.collect()))
        };
        let found = found.into_iter().map(texts);
        Ok((found.collect::<Result<_, _>>()?, left))
    }

    /// These attributes of the items of these events that exist, and the events that were not read.
    async fn some(
        &self,
        refs: &[Ref],
        attributes: &[&str],
    ) -> Result<(Vec<Item>, Vec<Ref>), StoreError> {
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
        let attributes: Vec<&str> = attributes.iter().chain(&[ERASED_AT]).copied().collect();
        let (mut found, left) = batch(&self.client, &self.table, keys, &attributes).await?;
        // A tombstone is no event.
        found.retain(|item| !item.contains_key(ERASED_AT));
        let left = left.iter().filter_map(|item| {
            let (_, one) = by_place.get(&place(item)?)?;
            Some((*one).clone())
        });
        Ok((found, left.collect()))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::operation::batch_get_item::BatchGetItemOutput;
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
                    && names.len() == by_time::PROJECTED.len() + 1
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
                erased.insert(ERASED_AT.to_owned(), text("2026-11-27T18:00:00.000Z"));
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

    #[tokio::test]
    async fn texts_are_told_by_their_refs() {
        let rule = mock!(Client::batch_get_item)
            .match_requests(|call| {
                let wanted = &call.request_items().unwrap()["events"];
                wanted.projection_expression() == Some("#ref, #x_customer, #x_plan, #erased_at")
            })
            .then_output(|| {
                let mut other = pointer("stripe/evt_2");
                other.insert("x_customer".to_owned(), text("cus_1"));
                BatchGetItemOutput::builder()
                    .responses("events", vec![pointer("stripe/evt_1"), other])
                    .build()
            });
        let client = mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [&rule]);
        let pointers = Pointers::over(client, "events");
        let wanted = refs(&["stripe/evt_1", "stripe/evt_2"]);
        let texts = pointers.texts(&wanted, &["x_customer", "x_plan"]).await;
        let (found, left) = texts.unwrap();
        assert!(left.is_empty());
        let of = |place: usize| {
            let (reference, texts) = &found[place];
            (reference.to_string(), texts.get("x_customer").cloned())
        };
        assert_eq!(of(0), ("stripe/evt_1".to_owned(), None));
        assert_eq!(of(1), ("stripe/evt_2".to_owned(), Some("cus_1".to_owned())));
    }
}
