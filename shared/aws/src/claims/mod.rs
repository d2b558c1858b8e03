use std::collections::HashMap;

use aws_sdk_dynamodb::types::{AttributeValue, ReturnValuesOnConditionCheckFailure};
use domain::{
    DataRef, ERASED_AT, EndpointName, ObjectKey, Pointer, REPLAY_SEPARATOR, Ref, Siblings,
    SignedDuration, StoreError, Timestamp, WITH_DIGEST, format_time,
};

use crate::{
    Pointers,
    failure::{classify, permanent},
    item::{Item, PUT, number, text, unmet},
    pointers::item,
};

const GET: &str = "dynamodb:GetItem";
const QUERY: &str = "dynamodb:Query";

/// Whether a pointer names this object; one from before payloads could be inline does so in `key`.
const NAMES: &str = "dataref = :dataref OR #key = :key";

/// Under which name an object of the direct lane is admitted. It is written before the
/// pointer, so an object without a claim has no pointer, whatever the keys and the
/// configuration are now. It has neither `replayid` nor `time_bucket`: no pipe accepts it,
/// and it is in no index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectClaim {
    /// Names the event.
    pub reference: Ref,
    /// When an invocation last began work under this name.
    pub at: Timestamp,
}

impl Pointers {
    /// Claims an object: `None` if it is done, else the object's other claim. `instead` is
    /// the claim that this one may replace.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn claim(
        &self,
        pointer: &Pointer,
        at: Timestamp,
        instead: Option<&ObjectClaim>,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        let reference = pointer.reference().to_string();
        let Some(object) = pointer.object() else {
            return Err(permanent(PUT, "only an object can be claimed"));
        };
        let mut claim = key(&pointer.endpoint, object);
        claim.extend([
            ("ref".to_owned(), text(&reference)),
            ("claimed_at".to_owned(), text(&format_time(at))),
            (
                "expires_at".to_owned(),
                number(pointer.expires_at.as_second()),
            ),
        ]);
        let call = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(claim))
            .return_values_on_condition_check_failure(ReturnValuesOnConditionCheckFailure::AllOld)
            .expression_attribute_names("#ref", "ref");
        let call = match instead {
            None => call
                .condition_expression("attribute_not_exists(pk) OR #ref = :ref")
                .expression_attribute_values(":ref", text(&reference)),
            Some(old) => call
                .condition_expression("#ref = :ref AND claimed_at = :at")
                .expression_attribute_values(":ref", text(&old.reference.to_string()))
                .expression_attribute_values(":at", text(&format_time(old.at))),
        };
        match call.send().await {
            Ok(_) => Ok(None),
            Err(error) => match unmet(&error)? {
                Some(old) => claim_of(&old).map(Some),
                None => Err(permanent(
                    PUT,
                    "the claim disappeared while it was being replaced",
                )),
            },
        }
    }

    /// The claim on an object of the direct lane; `None` if it has none.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn claimed(
        &self,
        endpoint: &EndpointName,
        object: &ObjectKey,
    ) -> Result<Option<ObjectClaim>, StoreError> {
        let item = self.item(key(endpoint, object)).await?;
        item.as_ref().map(claim_of).transpose()
    }

    /// Notes that a message about an object of the direct lane is under way to `admit` or waits
    /// in its DLQ, so that the sweep sends no second one. The note is an item like a claim.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn note_announced(
        &self,
        object: &ObjectKey,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        let until = at.checked_add(MESSAGE_LIVES).unwrap_or(Timestamp::MAX);
        let mut note = object_key(object, "told");
        note.insert("expires_at".to_owned(), number(until.as_second()));
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(note))
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(PUT, &error))
    }

    /// Whether a message about the object may still be there at this moment.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn is_announced(
        &self,
        object: &ObjectKey,
        at: Timestamp,
    ) -> Result<bool, StoreError> {
        let note = self.item(object_key(object, "told")).await?;
        // DynamoDB removes an expired item days later.
        let until = note.as_ref().and_then(|note| match note.get("expires_at") {
            Some(AttributeValue::N(second)) => second.parse::<i64>().ok(),
            _ => None,
        });
        Ok(until.is_some_and(|until| until > at.as_second()))
    }

    /// The object that the event's pointer names; `None` if the event has no pointer, a tombstone, or a pointer that holds the
    /// payload itself.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn pointed(&self, reference: &Ref) -> Result<Option<ObjectKey>, StoreError> {
        let Some(item) = self.get(reference).await? else {
            return Ok(None);
        };
        if item.contains_key(ERASED_AT) {
            return Ok(None);
        }
        let object = DataRef::object_of(|name| item.get(name).map(String::as_str));
        let object = object.map_err(|name| {
            permanent(GET, format!("the event's pointer has no readable {name}"))
        })?;
        Ok(object.map(|(_, key)| ObjectKey::from_stored(key.to_owned())))
    }

    /// Replaces a pointer that names `from`. `false`: it now names another object. No pipe
    /// routes this: the event was routed when its first pointer came.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn lead(&self, pointer: &Pointer, from: &ObjectKey) -> Result<bool, StoreError> {
        let DataRef::Object { bucket, .. } = &pointer.dataref else {
            return Err(permanent(
                PUT,
                "a pointer that holds its payload leads to no object",
            ));
        };
        let seen = DataRef::Object {
            bucket: bucket.clone(),
            key: from.clone(),
        };
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(item(pointer)))
            .condition_expression(NAMES)
            .expression_attribute_names("#key", "key")
            .expression_attribute_values(":dataref", text(&seen.to_string()))
            .expression_attribute_values(":key", text(from.as_str()))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) => unmet(&error).map(|_| false),
        }
    }
}

impl Siblings for Pointers {
    async fn has_sibling(&self, pointer: &Pointer) -> Result<bool, StoreError> {
        let Some(digest) = pointer.event.key.shared_digest() else {
            return Ok(false);
        };
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .key_condition_expression(WITH_DIGEST)
            .expression_attribute_values(":pk", text(&pointer.partition_key().to_string()))
            .expression_attribute_values(":digest", text(digest))
            .projection_expression("sk")
            // Its own pointer, and one more.
            .limit(2)
            .send()
            .await
            .map_err(|error| classify(QUERY, &error))?;
        let own = text(pointer.sort_key().as_str());
        Ok(answer
            .items()
            .iter()
            .any(|item| item.get("sk") != Some(&own)))
    }
}

/// A queue keeps a message for 14 days at most, and `admit` sends it to the DLQ as a new one.
const MESSAGE_LIVES: SignedDuration = SignedDuration::from_hours(2 * 14 * 24);

/// No event key holds a control character, so no pointer has this key.
fn key(endpoint: &EndpointName, object: &ObjectKey) -> Item {
    let request = object.incoming().map(|parts| parts.request_id);
    let request = request.unwrap_or(object.as_str());
    item_key(endpoint.as_str(), request, "claim")
}

/// The key of another item about an object, under the endpoint that the object's key names.
fn object_key(object: &ObjectKey, suffix: &str) -> Item {
    let parts = object.incoming();
    let (endpoint, request) = parts.map_or(("", object.as_str()), |parts| {
        (parts.endpoint, parts.request_id)
    });
    item_key(endpoint, request, suffix)
}

fn item_key(endpoint: &str, request: &str, suffix: &str) -> Item {
    let pk = format!("{endpoint}#{REPLAY_SEPARATOR}{request}");
    HashMap::from([
        ("pk".to_owned(), text(&pk)),
        (
            "sk".to_owned(),
            text(&format!("{REPLAY_SEPARATOR}{suffix}")),
        ),
    ])
}

fn claim_of(item: &Item) -> Result<ObjectClaim, StoreError> {
    let of = |name| match item.get(name) {
        Some(AttributeValue::S(text)) => Some(text),
        _ => None,
    };
    let claim = || {
        Some(ObjectClaim {
            reference: of("ref")?.parse().ok()?,
            at: of("claimed_at")?.parse().ok()?,
        })
    };
    claim().ok_or_else(|| permanent(PUT, "the object's claim cannot be read"))
}

#[cfg(test)]
mod tests;
