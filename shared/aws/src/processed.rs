use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::update_item::{UpdateItemError, builders::UpdateItemFluentBuilder},
    types::{AttributeValue, ReturnValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{Digest, Ref, StoreError, Timestamp, format_time};

use crate::{Sdk, failure::classify};

const UPDATE: &str = "dynamodb:UpdateItem";

const IN_PROGRESS: &str = "in_progress";
const COMPLETED: &str = "completed";
const FAILED: &str = "failed";

/// One try of one processor at one event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    /// The event.
    pub reference: Ref,
    /// Its type.
    pub kind: String,
    /// Names this try among all.
    pub owner: String,
    /// When it begins.
    pub at: Timestamp,
    /// Until then nobody else may try. After that whoever made it is gone.
    pub lease_until: Timestamp,
    /// From then on DynamoDB may remove the record.
    pub expires_at: Timestamp,
}

/// Whether an attempt may begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// It may: nobody else works on the event until the lease ends.
    Ours {
        /// How many there have been, with this one.
        attempts: u32,
    },
    /// Somebody else holds the lease.
    InProgress,
    /// The event is done, and this came of it.
    Completed {
        /// As its receipt says.
        summary: String,
    },
}

/// What a processor leaves behind when it is done with an event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The payload's digest, as its pointer says.
    pub sha256: Digest,
    /// The payload's length in bytes.
    pub size: u64,
    /// What the processor made of it, for people.
    pub summary: String,
    /// When it was done.
    pub at: Timestamp,
    /// How long after the delivery was received, in milliseconds.
    pub age_ms: u64,
}

/// The `processed` table (hash key `ref`, range key `processor`), as one processor
/// writes it: which events it works on, is done with, or failed at.
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

    /// Takes the lease, if the event is neither done nor in somebody's work. One
    /// conditional write decides.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one the lease may have been taken:
    /// it ends by itself.
    pub async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        let facts = [
            ("state", text(IN_PROGRESS)),
            ("owner", text(&attempt.owner)),
            ("lease_until", number(attempt.lease_until.as_millisecond())),
            ("type", text(&attempt.kind)),
            ("at", text(&format_time(attempt.at))),
            ("expires_at", number(attempt.expires_at.as_second())),
        ];
        let outcome = self
            .set(&attempt.reference, &facts, " ADD #attempts :one")
            .condition_expression(
                "attribute_not_exists(#ref) OR #state = :failed \
                 OR (#state = :state AND #lease_until < :now)",
            )
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
        let facts = [
            ("state", text(COMPLETED)),
            ("sha256", text(&receipt.sha256.to_string())),
            ("size", AttributeValue::N(receipt.size.to_string())),
            ("summary", text(&receipt.summary)),
            ("at", text(&format_time(receipt.at))),
            ("age_ms", AttributeValue::N(receipt.age_ms.to_string())),
        ];
        let update = self
            .set(reference, &facts, " REMOVE #lease_until, #failure, #reason")
            .expression_attribute_names("#lease_until", "lease_until")
            .expression_attribute_names("#failure", "failure")
            .expression_attribute_names("#reason", "reason");
        held(update, owner).await
    }

    /// Marks the attempt as failed and ends its lease, so that the next one need
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

    /// Sets these attributes, whose names stand for themselves as `#name` and their
    /// values as `:name`: several of them are reserved words.
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

type Record = HashMap<String, AttributeValue>;

/// The record that stood in the way, empty where it was not asked for.
fn conflict<R>(error: &SdkError<UpdateItemError, R>) -> Option<Record> {
    match error.as_service_error() {
        Some(UpdateItemError::ConditionalCheckFailedException(conflict)) => {
            Some(conflict.item.clone().unwrap_or_default())
        }
        _ => None,
    }
}

fn taken(record: &Record, owner: &str) -> Claimed {
    let is = |name: &str, value: &str| record.get(name) == Some(&text(value));
    if is("state", COMPLETED) {
        let summary = record.get("summary").and_then(|value| value.as_s().ok());
        Claimed::Completed {
            summary: summary.cloned().unwrap_or_default(),
        }
    } else if is("owner", owner) {
        // The first answer was lost on its way, and the SDK asked again.
        Claimed::Ours {
            attempts: attempts(Some(record)),
        }
    } else {
        Claimed::InProgress
    }
}

fn attempts(record: Option<&Record>) -> u32 {
    let value = record.and_then(|record| record.get("attempts")?.as_n().ok());
    value
        .and_then(|number| number.parse().ok())
        .unwrap_or_default()
}

fn text(value: &str) -> AttributeValue {
    AttributeValue::S(value.to_owned())
}

fn number(value: i64) -> AttributeValue {
    AttributeValue::N(value.to_string())
}

#[cfg(test)]
mod tests {
    use aws_sdk_dynamodb::{
        operation::update_item::{UpdateItemInput, UpdateItemOutput},
        types::error::ConditionalCheckFailedException,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn reference() -> Ref {
        "stripe/evt_1".parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn attempt() -> Attempt {
        Attempt {
            reference: reference(),
            kind: "invoice.paid".to_owned(),
            owner: "one".to_owned(),
            at: at("2026-11-21T20:59:57.414Z"),
            lease_until: at("2026-11-21T21:00:27.414Z"),
            expires_at: at("2027-02-19T20:59:57Z"),
        }
    }

    fn receipt() -> Receipt {
        Receipt {
            sha256: Digest([0xa5; 32]),
            size: 7,
            summary: "done".to_owned(),
            at: at("2026-11-21T20:59:57.414Z"),
            age_ms: 250,
        }
    }

    fn against(rule: &Rule) -> Processed {
        Processed {
            client: mock_client!(aws_sdk_dynamodb, RuleMode::MatchAny, [rule]),
            table: "processed".to_owned(),
            processor: "invoices".to_owned(),
        }
    }

    /// Whether the call sets exactly this, on exactly this condition.
    fn says(
        call: &UpdateItemInput,
        update: &str,
        condition: &str,
        values: &[(&str, &str)],
    ) -> bool {
        let have = call.expression_attribute_values().unwrap();
        let same = values.iter().all(|(name, value)| match have.get(*name) {
            Some(AttributeValue::S(have) | AttributeValue::N(have)) => have == value,
            _ => false,
        });
        let names = call.expression_attribute_names().unwrap();
        call.table_name() == Some("processed")
            && call.key().unwrap()["ref"] == text("stripe/evt_1")
            && call.key().unwrap()["processor"] == text("invoices")
            && call.update_expression() == Some(update)
            && call.condition_expression() == Some(condition)
            && names
                .iter()
                .all(|(alias, name)| *alias == format!("#{name}"))
            && same
            && have.len() == values.len()
    }

    fn stands_in_the_way(record: &[(&'static str, &'static str)]) -> Rule {
        let record: Record = record
            .iter()
            .map(|(name, value)| ((*name).to_owned(), text(value)))
            .collect();
        mock!(Client::update_item).then_error(move || {
            UpdateItemError::ConditionalCheckFailedException(
                ConditionalCheckFailedException::builder()
                    .set_item(Some(record.clone()))
                    .build(),
            )
        })
    }

    #[tokio::test]
    async fn a_claim_is_one_conditional_write() {
        let rule = mock!(Client::update_item)
            .match_requests(|call| {
                says(
                    call,
                    "SET #state = :state, #owner = :owner, #lease_until = :lease_until, \
                     #type = :type, #at = :at, #expires_at = :expires_at ADD #attempts :one",
                    "attribute_not_exists(#ref) OR #state = :failed \
                     OR (#state = :state AND #lease_until < :now)",
                    &[
                        (":state", "in_progress"),
                        (":owner", "one"),
                        (":lease_until", "1795294827414"),
                        (":type", "invoice.paid"),
                        (":at", "2026-11-21T20:59:57.414Z"),
                        (":expires_at", "1803070797"),
                        (":one", "1"),
                        (":failed", "failed"),
                        (":now", "1795294797414"),
                    ],
                ) && call.return_values_on_condition_check_failure()
                    == Some(&ReturnValuesOnConditionCheckFailure::AllOld)
            })
            .then_output(|| {
                UpdateItemOutput::builder()
                    .attributes("attempts", number(3))
                    .build()
            });
        assert_eq!(
            against(&rule).claim(&attempt()).await.unwrap(),
            Claimed::Ours { attempts: 3 }
        );
    }

    #[tokio::test]
    async fn what_stands_in_the_way_of_a_claim_is_told() {
        for (record, claimed) in [
            (
                vec![
                    ("state", "completed"),
                    ("owner", "two"),
                    ("summary", "49.00 usd"),
                ],
                Claimed::Completed {
                    summary: "49.00 usd".to_owned(),
                },
            ),
            (
                vec![("state", "in_progress"), ("owner", "two")],
                Claimed::InProgress,
            ),
            // Our own first try, whose answer was lost.
            (
                vec![("state", "in_progress"), ("owner", "one")],
                Claimed::Ours { attempts: 0 },
            ),
            (vec![], Claimed::InProgress),
        ] {
            let rule = stands_in_the_way(&record);
            let answer = against(&rule).claim(&attempt()).await.unwrap();
            assert_eq!(answer, claimed, "{record:?}");
        }
    }

    #[tokio::test]
    async fn only_the_holder_of_the_lease_completes() {
        let rule = mock!(Client::update_item)
            .match_requests(|call| {
                says(
                    call,
                    "SET #state = :state, #sha256 = :sha256, #size = :size, #summary = :summary, \
                     #at = :at, #age_ms = :age_ms REMOVE #lease_until, #failure, #reason",
                    "#owner = :owner",
                    &[
                        (":state", "completed"),
                        (":sha256", &"a5".repeat(32)),
                        (":size", "7"),
                        (":summary", "done"),
                        (":at", "2026-11-21T20:59:57.414Z"),
                        (":age_ms", "250"),
                        (":owner", "one"),
                    ],
                )
            })
            .then_output(|| UpdateItemOutput::builder().build());
        let complete = async |rule: &Rule| {
            let processed = against(rule);
            processed
                .complete(&reference(), "one", &receipt())
                .await
                .unwrap()
        };
        assert!(complete(&rule).await);
        assert!(!complete(&stands_in_the_way(&[])).await);
    }

    #[tokio::test]
    async fn only_the_holder_of_the_lease_fails() {
        let rule = mock!(Client::update_item)
            .match_requests(|call| {
                says(
                    call,
                    "SET #state = :state, #at = :at, #failure = :failure, #reason = :reason \
                     REMOVE #lease_until",
                    "#owner = :owner",
                    &[
                        (":state", "failed"),
                        (":at", "2026-11-21T20:59:57.414Z"),
                        (":failure", "Retry"),
                        (":reason", "busy"),
                        (":owner", "one"),
                    ],
                )
            })
            .then_output(|| UpdateItemOutput::builder().build());
        let fail = async |rule: &Rule| {
            let at = attempt().at;
            let processed = against(rule);
            processed
                .fail(&reference(), "one", at, "Retry", "busy")
                .await
                .unwrap()
        };
        assert!(fail(&rule).await);
        assert!(!fail(&stands_in_the_way(&[])).await);
    }

    #[tokio::test]
    async fn a_throttled_table_is_for_later_and_a_forbidden_one_is_not() {
        for (code, transient) in [
            ("ProvisionedThroughputExceededException", true),
            ("AccessDeniedException", false),
        ] {
            let rule = mock!(Client::update_item).then_error(move || {
                UpdateItemError::generic(ErrorMetadata::builder().code(code).build())
            });
            let processed = against(&rule);
            let at = attempt().at;
            let errors = [
                processed.claim(&attempt()).await.unwrap_err(),
                processed
                    .complete(&reference(), "one", &receipt())
                    .await
                    .unwrap_err(),
                processed
                    .fail(&reference(), "one", at, "Retry", "busy")
                    .await
                    .unwrap_err(),
            ];
            for error in errors {
                assert_eq!(
                    matches!(error, StoreError::Transient { .. }),
                    transient,
                    "{error:?}"
                );
            }
        }
    }
}
