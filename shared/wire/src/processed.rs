use domain::{
    Attempt, Claimed, ItemValue, Marking, Receipt, RecordWrite, Ref, StoreError, Timestamp,
};
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};

use crate::{
    Environment,
    client::Answer,
    environment::ServiceName,
    item::{Attributes, Item, Typed, action, text, unmet},
    service::{JsonAction, Service},
};

const UPDATE: JsonAction = action("dynamodb:UpdateItem", "DynamoDB_20120810.UpdateItem");

/// The `processed` table (hash key `ref`, range key `processor`), as one processor
/// writes it: which events it works on, has done, or failed at.
///
/// Each write may arrive twice, so one whose answer is lost is sent again ([`RecordWrite`]).
#[derive(Debug)]
pub struct Processed {
    service: Service,
    table: String,
    processor: String,
}

impl Processed {
    /// This processor's records in this table.
    #[must_use]
    pub fn new(environment: &Environment, table: String, processor: String) -> Self {
        Self {
            service: Service::new(environment, ServiceName::DynamoDb),
            table,
            processor,
        }
    }

    /// Connects, so that the first event need not.
    pub async fn warm(&self) {
        self.service.warm(1).await;
    }

    /// Claims the lease, if the event is neither done nor held by another
    /// attempt. One conditional write decides.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one the lease may have been taken:
    /// it ends by itself.
    pub async fn claim(&self, attempt: &Attempt) -> Result<Claimed, StoreError> {
        let write = RecordWrite::claim(attempt);
        let answers = Answers {
            return_values: Some("UPDATED_NEW"),
            return_values_on_condition_check_failure: Some("ALL_OLD"),
        };
        match self.update(&attempt.reference, &write, answers).await? {
            Ok(updated) => Ok(Claimed::ours(|name| updated.attributes.plain(name))),
            Err(refused) => {
                let record = in_the_way(&refused)?;
                let of = |name: &str| record.plain(name);
                Ok(Claimed::in_the_way_of(&attempt.owner, of))
            }
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
        self.held(reference, &write).await
    }

    /// Marks an event as done that no one has claimed: the only write for it. `false`: another
    /// delivery of it was done before, and its record stays.
    ///
    /// # Errors
    /// As [`StoreError`] says. After a transient one the mark may be there.
    pub async fn mark(&self, marking: &Marking) -> Result<bool, StoreError> {
        let write = RecordWrite::mark(marking);
        let answers = Answers {
            return_values_on_condition_check_failure: Some("ALL_OLD"),
            ..Answers::default()
        };
        match self.update(&marking.reference, &write, answers).await? {
            Ok(_) => Ok(true),
            Err(refused) => {
                let record = in_the_way(&refused)?;
                Ok(marking.is_own(|name| record.plain(name)))
            }
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
        let write = RecordWrite::fail(owner, at, failure, reason);
        self.held(reference, &write).await
    }

    /// A write that only the holder of the lease may make.
    async fn held(&self, reference: &Ref, write: &RecordWrite) -> Result<bool, StoreError> {
        match self.update(reference, write, Answers::default()).await? {
            Ok(_) => Ok(true),
            Err(refused) => in_the_way(&refused).map(|_| false),
        }
    }

    async fn update(
        &self,
        reference: &Ref,
        write: &RecordWrite,
        answers: Answers,
    ) -> Result<Result<Updated, Answer>, StoreError> {
        let key = [
            ("ref", text(&reference.to_string())),
            ("processor", text(&self.processor)),
        ];
        let update = Update {
            table_name: &self.table,
            key: Attributes(&key),
            update_expression: &write.update,
            condition_expression: &write.condition,
            expression_attribute_names: Names(&write.names),
            expression_attribute_values: Values(&write.values),
            answers,
        };
        self.service.json(&UPDATE, &update).await
    }
}

/// The record for which the condition did not hold, empty where it was not requested.
fn in_the_way(refused: &Answer) -> Result<Item, StoreError> {
    unmet(refused).ok_or_else(|| refused.refused(UPDATE.operation))
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Update<'a> {
    table_name: &'a str,
    key: Attributes<'a>,
    update_expression: &'a str,
    condition_expression: &'a str,
    expression_attribute_names: Names<'a>,
    expression_attribute_values: Values<'a>,
    #[serde(flatten)]
    answers: Answers,
}

/// What is to come back, besides whether it was done.
#[derive(Default, Serialize)]
#[serde(rename_all = "PascalCase")]
struct Answers {
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_values_on_condition_check_failure: Option<&'static str>,
}

/// Names of attributes, by `#name`.
struct Names<'a>(&'a [&'static str]);

impl Serialize for Names<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for name in self.0 {
            map.serialize_entry(&format_args!("#{name}"), name)?;
        }
        map.end()
    }
}

/// Values, by `:name`.
struct Values<'a>(&'a [(&'static str, ItemValue)]);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(&format_args!(":{name}"), &Typed(value))?;
        }
        map.end()
    }
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Updated {
    attributes: Item,
}
