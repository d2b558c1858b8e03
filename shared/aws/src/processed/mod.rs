use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{Attempt, Claimed, ItemValue, Receipt, RecordWrite, Ref, StoreError, Timestamp};

use crate::{
    Sdk,
    failure::classify,
    item::{Item, text},
};

const UPDATE: &str = "dynamodb:UpdateItem";

/// The `processed` table (hash key `ref`, range key `processor`), as `deliver` writes it. Processors
/// do so by `wire`.
#[derive(Debug, Clone)]
pub struct Processed {
    client: Client,
    table: String,
    processor: String,
}

impl Processed {
    /// The records of this name in this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String, processor: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
            processor,
        }
    }

    /// Claims the lease, if the event is neither done nor held by another
    /// attempt. One conditional write decides.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one the lease may have been taken:
    /// it ends by itself.
    pub async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        let outcome = self
            .update(&attempt.reference, RecordWrite::claim(attempt))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(updated) => Ok(Claimed::ours(|name| plain(updated.attributes()?, name))),
            Err(error) => match conflict(&error) {
                Some(record) => Ok(Claimed::in_the_way_of(&attempt.owner, |name| {
                    plain(&record, name)
                })),
                None => Err(classify(UPDATE, &error)),
            },
        }
    }

    /// Marks the event as done. `false`: the lease was lost to another, whose
    /// record stays.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one the mark may be there.
    pub async fn complete(
        &self,
        reference: &Ref,
        owner: &str,
        receipt: &Receipt,
    ) -> Result<bool, StoreError> {
        let write = RecordWrite::complete(owner, receipt);
        held(self.update(reference, write)).await
    }

    /// Marks the attempt as failed and ends its lease, so that the next one does
    /// not wait. `failure` is one word; `reason` must show nothing of the payload.
    /// `false`: the lease was lost to another.
    ///
    /// # Errors
    /// As [`StoreError`] says. The lease then ends by itself.
    pub async fn fail(
        &self,
        reference: &Ref,
        owner: &str,
        at: Timestamp,
        failure: &str,
        reason: &str,
    ) -> Result<bool, StoreError> {
        let write = RecordWrite::fail(owner, at, failure, reason);
        held(self.update(reference, write)).await
    }

    fn update(&self, reference: &Ref, write: RecordWrite) -> UpdateItemFluentBuilder {
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("ref", text(&reference.to_string()))
            .key("processor", text(&self.processor))
            .update_expression(write.update)
            .condition_expression(write.condition);
        let call = write.names.into_iter().fold(call, |call, name| {
            call.expression_attribute_names(format!("#{name}"), name)
        });
        write.values.into_iter().fold(call, |call, (name, value)| {
            let value = match value {
                ItemValue::Text(text) => AttributeValue::S(text),
                ItemValue::Number(digits) => AttributeValue::N(digits),
            };
            call.expression_attribute_values(format!(":{name}"), value)
        })
    }
}

/// Sends an update that only the holder of the lease may make.
async fn held(update: UpdateItemFluentBuilder) -> Result<bool, StoreError> {
    match update.send().await {
        Ok(_) => Ok(true),
        Err(error) if conflict(&error).is_some() => Ok(false),
        Err(error) => Err(classify(UPDATE, &error)),
    }
}

/// The record that blocked the write, empty where it was not requested.
fn conflict<R>(error: &SdkError<UpdateItemError, R>) -> Option<Item> {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(conflict)) => {
            Some(conflict.item.clone().unwrap_or_default())
        }
        _ => None,
    }
}

/// A text, or a number's digits.
fn plain<'i>(record: &'i Item, name: &str) -> Option<&'i str> {
    match record.get(name)? {
        AttributeValue::S(text) => Some(text),
        AttributeValue::N(digits) => Some(digits),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
