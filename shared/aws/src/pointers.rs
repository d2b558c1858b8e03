use std::collections::HashMap;

use aws_sdk_dynamodb::{
    Client,
    error::SdkError,
    operation::put_item::PutItemError,
    types::{AttributeValue, ReturnValuesOnConditionCheckFailure},
};
use domain::{Inserted, Pointer, PointerStore, StoreError, format_time};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const PUT: &str = "dynamodb:PutItem";

/// The `events` table: hash key `pk`, range key `sk`.
#[derive(Debug, Clone)]
pub struct Pointers {
    client: Client,
    table: String,
}

impl Pointers {
    /// Writes to this table.
    #[must_use]
    pub fn new(sdk: &Sdk, table: String) -> Self {
        Self {
            client: Client::new(&sdk.config),
            table,
        }
    }

    /// Over a client that a test answers for.
    #[cfg(test)]
    pub(crate) fn over(client: Client, table: &str) -> Self {
        Self {
            client,
            table: table.to_owned(),
        }
    }
}

impl PointerStore for Pointers {
    async fn insert(&self, pointer: &Pointer) -> Result<Inserted, StoreError> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(pointer)))
            .condition_expression("attribute_not_exists(pk)")
            // The old item costs no read and tells a retry from a change.
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(Inserted::New),
            Err(SdkError::ServiceError(failed))
                if matches!(
                    failed.err(),
                    PutItemError::ConditionalCheckFailedException(_)
                ) =>
            {
                let PutItemError::ConditionalCheckFailedException(failed) = failed.into_err()
                else {
                    return Err(permanent(PUT, "unreachable"));
                };
                match failed.item.as_ref().and_then(|old| old.get("sha256")) {
                    Some(AttributeValue::S(text)) => text
                        .parse()
                        .map(|sha256| Inserted::Duplicate { sha256 })
                        .map_err(|_| {
                            permanent(PUT, "the event's pointer has an unreadable sha256")
                        }),
                    _ => Err(permanent(PUT, "the event's pointer has no sha256")),
                }
            }
            Err(error) => Err(classify(PUT, &error)),
        }
    }
}

/// Every attribute is always present: a pipe's template must never meet a
/// missing path.
fn item(pointer: &Pointer) -> HashMap<String, AttributeValue> {
    let event = &pointer.event;
    let text = |value: &str| AttributeValue::S(value.to_owned());
    HashMap::from(
        [
            ("pk", text(&pointer.partition_key().to_string())),
            ("sk", text(pointer.sort_key().as_str())),
            ("ref", text(&pointer.reference().to_string())),
            ("id", text(&event.id)),
            ("type", text(&event.kind)),
            ("endpoint", text(pointer.endpoint.as_str())),
            ("subject", text(&event.subject)),
            ("occurred_at", text(&format_time(event.occurred_at))),
            ("received_at", text(&format_time(pointer.received_at))),
            ("content_type", text(&pointer.content_type)),
            ("size", AttributeValue::N(pointer.size.to_string())),
            ("sha256", text(&pointer.sha256.to_string())),
            ("bucket", text(&pointer.bucket)),
            ("key", text(pointer.key.as_str())),
            ("traceparent", text(&pointer.traceparent)),
            ("scheme", text(&pointer.scheme)),
            ("key_id", text(&pointer.key_id)),
            (
                "expires_at",
                AttributeValue::N(pointer.expires_at.as_second().to_string()),
            ),
            ("time_bucket", text(&pointer.time_bucket().to_string())),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    )
}
