use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{Digest, Ref, StoreError, Timestamp, format_time};

use crate::{
    Sdk,
    failure::classify,
    item::{Item, number, text},
};

const UPDATE: &str = "dynamodb:UpdateItem";

const IN_PROGRESS: &str = "in_progress";
const COMPLETED: &str = "completed";
const FAILED: &str = "failed";

/// An event that no attempt holds, and that is not done.
const FREE: &str = "attribute_not_exists(#ref) OR #state = :failed \
                    OR (#state = :state AND #lease_until < :now)";

/// An event that is not done.
const NOT_DONE: &str = "attribute_not_exists(#ref) OR #state <> :state";

/// What a forced replay may claim besides: an event that is done, but not by this replay.
const DONE_BEFORE_IT: &str = "(#state = :completed \
                              AND (attribute_not_exists(#replayid) OR #replayid <> :replayid))";

/// One attempt of one processor at one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// Identifies this attempt.
    pub owner: String,
    /// When it begins.
    pub at: Timestamp,
    /// Until then no one else may try. After that the attempt counts as dead.
    pub lease_until: Timestamp,
    /// From then on DynamoDB may remove the record.
    pub expires_at: Timestamp,
    /// The id of a forced replay: it begins although the event is done, unless it
    /// was this same replay that did it.
    pub forced_replay: Option<String>,
}

/// Whether an attempt may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It may: no one else works on the event until the lease ends.
    Ours {
        /// How many attempts there have been, this one included.
        attempts: u32,
    },
    /// Another attempt holds the lease.
    InProgress,
    /// The event is done, with this result.
    Completed {
        /// As its receipt says.
        summary: String,
    },
}

/// What a processor that claims nothing stores once it is done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marking {
    /// The event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// Identifies this attempt.
    pub owner: String,
    /// The result.
    pub receipt: Receipt,
    /// From then on DynamoDB may remove the record.
    pub expires_at: Timestamp,
    /// The id of a forced replay: it marks the event although it is done, unless it was this same
    /// replay that did it.
    pub forced_replay: Option<String>,
}

/// What a processor stores when it is done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The payload's digest, as its pointer says.
    pub sha256: Digest,
    /// The payload's length in bytes.
    pub size: u64,
    /// The processor's result, for people.
    pub summary: String,
    /// When it was done.
    pub at: Timestamp,
    /// How long after the delivery was received, in milliseconds.
    pub age_ms: u64,
}

/// The `processed` table (hash key `ref`, range key `processor`), as one processor
/// writes it: which events it works on, has done, or failed at.
#[derive(Debug, Clone)]
pub struct Processed {
    client: Client,
    table: String,
    processor: String,
}

impl Processed {
    /// This processor's records in this table.
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
        let mut facts = vec![
            ("state", text(IN_PROGRESS)),
            ("owner", text(&attempt.owner)),
            ("lease_until", number(attempt.lease_until.as_millisecond())),
            ("type", text(&attempt.kind)),
            ("at", text(&format_time(attempt.at))),
            ("expires_at", number(attempt.expires_at.as_second())),
        ];
        let replay = attempt.forced_replay.as_deref();
        facts.extend(replay.map(|id| ("replayid", text(id))));
        let call = self.set(&attempt.reference, &facts, " ADD #attempts :one");
        let call = match replay {
            None => call.condition_expression(FREE),
            Some(_) => call
                .condition_expression(format!("{FREE} OR {DONE_BEFORE_IT}"))
                .expression_attribute_values(":completed", text(COMPLETED)),
        };
        let outcome = call
            .expression_attribute_names("#ref", "ref")
            .expression_attribute_names("#attempts", "attempts")
            .expression_attribute_values(":one", number(1))
            .expression_attribute_values(":failed", text(FAILED))
            .expression_attribute_values(":now", number(attempt.at.as_millisecond()))
            .return_values(ReturnValue::UpdatedNew)
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(updated) => Ok(Claimed::Ours {
                attempts: attempts(updated.attributes()),
            }),
            Err(error) => match conflict(&error) {
                Some(record) => Ok(taken(&record, &attempt.owner)),
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
        let mut facts = vec![("state", text(COMPLETED))];
        facts.extend(result(receipt));
        let update = self
            .set(reference, &facts, " REMOVE #lease_until, #failure, #reason")
            .expression_attribute_names("#lease_until", "lease_until")
            .expression_attribute_names("#failure", "failure")
            .expression_attribute_names("#reason", "reason");
        held(update, owner).await
    }

    /// Marks an event as done that no one has claimed: the only write for it. `false`: another
    /// delivery of it was done before, and its record stays.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one the mark may be there.
    pub async fn mark(&self, marking: &Marking) -> Result<bool, StoreError> {
        let mut facts = vec![
            ("state", text(COMPLETED)),
            ("owner", text(&marking.owner)),
            ("type", text(&marking.kind)),
        ];
        facts.extend(result(&marking.receipt));
        facts.push(("expires_at", number(marking.expires_at.as_second())));
        let replay = marking.forced_replay.as_deref();
        facts.extend(replay.map(|id| ("replayid", text(id))));
        let and = " REMOVE #lease_until, #failure, #reason ADD #attempts :one";
        let condition = match replay {
            None => NOT_DONE.to_owned(),
            Some(_) => {
                format!("{NOT_DONE} OR attribute_not_exists(#replayid) OR #replayid <> :replayid")
            }
        };
        let outcome = self
            .set(&marking.reference, &facts, and)
            .condition_expression(condition)
            .expression_attribute_names("#ref", "ref")
            .expression_attribute_names("#attempts", "attempts")
            .expression_attribute_names("#lease_until", "lease_until")
            .expression_attribute_names("#failure", "failure")
            .expression_attribute_names("#reason", "reason")
            .expression_attribute_values(":one", number(1))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) => match conflict(&error) {
                // The first answer was lost, and the SDK asked again.
                Some(record) => Ok(record.get("owner") == Some(&text(&marking.owner))),
                None => Err(classify(UPDATE, &error)),
            },
        }
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
        let facts = [
            ("state", text(FAILED)),
            ("at", text(&format_time(at))),
            ("failure", text(failure)),
            ("reason", text(reason)),
        ];
        let update = self
            .set(reference, &facts, " REMOVE #lease_until")
            .expression_attribute_names("#lease_until", "lease_until");
        held(update, owner).await
    }

    /// Sets these attributes, with each name as `#name` and its value as `:name`:
    /// several of them are reserved words.
    fn set(
        &self,
        reference: &Ref,
        facts: &[(&'static str, AttributeValue)],
        and: &str,
    ) -> UpdateItemFluentBuilder {
        let assignments: Vec<String> = facts
            .iter()
            .map(|(name, _)| format!("#{name} = :{name}"))
            .collect();
        let call = self
            .client
            .update_item()
            .table_name(&self.table)
            .key("ref", text(&reference.to_string()))
            .key("processor", text(&self.processor))
            .update_expression(format!("SET {}{and}", assignments.join(", ")));
        facts.iter().fold(call, |call, (name, value)| {
            call.expression_attribute_names(format!("#{name}"), *name)
                .expression_attribute_values(format!(":{name}"), value.clone())
        })
    }
}

/// The attributes of a result.
fn result(receipt: &Receipt) -> [(&'static str, AttributeValue); 5] {
    [
        ("sha256", text(&receipt.sha256.to_string())),
        ("size", number(receipt.size)),
        ("summary", text(&receipt.summary)),
        ("at", text(&format_time(receipt.at))),
        ("age_ms", number(receipt.age_ms)),
    ]
}

/// Sends an update that only the holder of the lease may make.
async fn held(update: UpdateItemFluentBuilder, owner: &str) -> Result<bool, StoreError> {
    let outcome = update
        .condition_expression("#owner = :owner")
        .expression_attribute_names("#owner", "owner")
        .expression_attribute_values(":owner", text(owner))
        .send()
        .await;
    match outcome {
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

fn taken(record: &Item, owner: &str) -> Claimed {
    let is = |name: &str, value: &str| record.get(name) == Some(&text(value));
    if is("state", COMPLETED) {
        let summary = record.get("summary").and_then(|value| value.as_s().ok());
        Claimed::Completed {
            summary: summary.cloned().unwrap_or_default(),
        }
    } else if is("owner", owner) {
        // The first answer was lost, and the SDK asked again.
        Claimed::Ours {
            attempts: attempts(Some(record)),
        }
    } else {
        Claimed::InProgress
    }
}

fn attempts(record: Option<&Item>) -> u32 {
    let value = record.and_then(|record| record.get("attempts")?.as_n().ok());
    value
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests;
