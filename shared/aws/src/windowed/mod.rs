//! Pointers whose event key has a window.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::BuildError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{
        CancellationReason, ConditionCheck, Put, ReturnValuesOnConditionCheckFailure,
        TransactWriteItem,
    },
};
use domain::{EventKey, Inserted, Neighbours, Pointer, StoreError, format_time};

use crate::{
    Pointers,
    failure::{classify, permanent, transient},
    item::{Item, text},
    pointers::{ONLY_IF_NEW, duplicate, item},
};

const WRITE: &str = "dynamodb:TransactWriteItems";

/// Two deliveries of one event at the same moment: the second must try again.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
const CONFLICT_TRIES: u32 = 5;

/// Reasons for cancelling a transaction that may succeed later.
const FOR_NOW: [&str; 3] = [CONFLICT, "ProvisionedThroughputExceeded", "ThrottlingError"];

const CONFLICT: &str = "TransactionConflict";

/// Times are texts of one length and one zone: they sort by time.
const ANOTHER_EVENT: &str =
    "attribute_not_exists(pk) OR received_at <= :from OR received_at >= :until";

impl Pointers {
    /// Inserts a pointer unless its event has one in its own slot of the window or in one of
    /// the two neighbouring slots. One transaction: of two that conflict, DynamoDB accepts
    /// only one. The SDK gives each call a token, so a call that the SDK repeats after a
    /// lost answer counts as the same call.
    pub(crate) async fn insert_among(
        &self,
        pointer: &Pointer,
        neighbours: &Neighbours,
    ) -> Result<Inserted, StoreError> {
        let items = self.transaction(pointer, neighbours);
        let items = items.map_err(|problem| permanent(WRITE, problem.to_string()))?;
        let mut tries = 0;
        loop {
            tries += 1;
            let call = self.client.transact_write_items();
            let call = call.set_transact_items(Some(items.clone()));
            let Err(error) = call.send().await else {
                return Ok(Inserted::New);
            };
            let reasons = match error.as_service_error() {
                Some(TransactWriteItemsError::TransactionCanceledException(cancelled)) => {
                    cancelled.cancellation_reasons()
                }
                _ => return Err(classify(WRITE, &error)),
            };
            if let Some(old) = event_of(pointer, reasons) {
                return duplicate(WRITE, old);
            }
            let has = |code| reasons.iter().any(|reason| reason.code() == Some(code));
            if tries < CONFLICT_TRIES && has(CONFLICT) {
                tokio::time::sleep(Duration::from_millis(fastrand::u64(10..50) << tries)).await;
                continue;
            }
            let codes: Vec<_> = reasons
                .iter()
                .filter_map(CancellationReason::code)
                .collect();
            let why = format!("cancelled: {}", codes.join(", "));
            let is_for_now = FOR_NOW.into_iter().any(has);
            return Err(if is_for_now {
                transient(WRITE, why)
            } else {
                permanent(WRITE, why)
            });
        }
    }

    fn transaction(
        &self,
        pointer: &Pointer,
        neighbours: &Neighbours,
    ) -> Result<Vec<TransactWriteItem>, BuildError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item(pointer)))
            .condition_expression(ONLY_IF_NEW)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()?;
        let mut items = vec![TransactWriteItem::builder().put(put).build()];
        for key in &neighbours.keys {
            let check = self.check(pointer, key, neighbours)?;
            items.push(TransactWriteItem::builder().condition_check(check).build());
        }
        Ok(items)
    }

    /// Events of one digest share a partition, so only the sort key differs.
    fn check(
        &self,
        pointer: &Pointer,
        key: &EventKey,
        neighbours: &Neighbours,
    ) -> Result<ConditionCheck, BuildError> {
        ConditionCheck::builder()
            .table_name(&self.table)
            .key("pk", text(&pointer.partition_key().to_string()))
            .key("sk", text(key.as_str()))
            .condition_expression(ANOTHER_EVENT)
            .expression_attribute_values(":from", text(&format_time(neighbours.from)))
            .expression_attribute_values(":until", text(&format_time(neighbours.until)))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
    }
}

/// The pointer that the event has: the one that names this very object, if any does; else that
/// of the same slot, of the one before, of the one after.
fn event_of<'r>(pointer: &Pointer, reasons: &'r [CancellationReason]) -> Option<&'r Item> {
    let failed = reasons
        .iter()
        .filter(|reason| reason.code() == Some("ConditionalCheckFailed"));
    let own = pointer.object().map(|key| text(key.as_str()));
    failed
        .filter_map(CancellationReason::item)
        .min_by_key(|item| own.is_none() || item.get("key") != own.as_ref())
}

#[cfg(test)]
mod tests;
