//! Pointers whose event key has a window.

use std::time::Duration;

use aws_sdk_dynamodb::{
    error::BuildError,
    operation::transact_write_items::TransactWriteItemsError,
    types::{ConditionCheck, Put, ReturnValuesOnConditionCheckFailure, TransactWriteItem},
};
use domain::{
    ANOTHER_EVENT, CONFLICT_TRIES, Cancelled, CancelledItem, EventKey, Inserted, Neighbours,
    ONLY_IF_NEW, Pointer, StoreError,
};

use crate::{
    Pointers,
    failure::{classify, permanent, transient},
    item::text,
    pointers::{duplicate, item, text_of},
};

const WRITE: &str = "dynamodb:TransactWriteItems";

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
            let reasons: Vec<_> = reasons
                .iter()
                .map(|reason| CancelledItem {
                    code: reason.code().unwrap_or_default(),
                    item: reason.item(),
                })
                .collect();
            match pointer.cancelled(&reasons, text_of) {
                Cancelled::Duplicate(old) => return duplicate(WRITE, old),
                Cancelled::Conflict(_) if tries < CONFLICT_TRIES => {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(10..50) << tries)).await;
                }
                Cancelled::Conflict(why) | Cancelled::Busy(why) => {
                    return Err(transient(WRITE, why));
                }
                Cancelled::Refused(why) => return Err(permanent(WRITE, why)),
            }
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
        let [from, until] = neighbours.bounds();
        ConditionCheck::builder()
            .table_name(&self.table)
            .key("pk", text(&pointer.partition_key().to_string()))
            .key("sk", text(key.as_str()))
            .condition_expression(ANOTHER_EVENT)
            .expression_attribute_values(from.0, text(&from.1))
            .expression_attribute_values(until.0, text(&until.1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .build()
    }
}

#[cfg(test)]
mod tests;
