use std::{borrow::Cow, collections::HashMap};

use domain::decode_attribute;
use serde::Deserialize;
use serde_json::Value;

/// An event as the pipe's template builds it, and the parts that decide where it goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Event<'a> {
    /// All of it, as the queues get it.
    pub(crate) message: &'a str,
    pub(crate) facts: Facts,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(crate) struct Facts {
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// `/endpoints/{endpoint}`.
    pub(crate) source: String,
    /// Names the event in logs.
    #[serde(rename = "ref")]
    pub(crate) reference: String,
    /// Events with the same one have an order.
    #[serde(rename = "partitionkey")]
    pub(crate) group: String,
    /// Of the record in the stream: no other record has it, and a repetition of this one does.
    #[serde(rename = "deliveryid")]
    pub(crate) delivery_id: String,
    /// How the check of its payload by a schema ended; empty in a stack without schemas.
    #[serde(rename = "schemacheck", default)]
    pub(crate) check: String,
    /// All others, with those that endpoints declare.
    #[serde(flatten)]
    pub(crate) others: HashMap<String, Value>,
}

impl Facts {
    /// The value of an attribute that an endpoint declares; empty or `None` if the event has none.
    pub(crate) fn attribute(&self, name: &str) -> Option<Cow<'_, str>> {
        let stored = self.others.get(name).and_then(Value::as_str);
        stored.map(decode_attribute)
    }
}

/// The pipe's template does not build what this function reads. The text shows no value.
#[derive(Debug, thiserror::Error)]
#[error("the input is not what the template from_stream builds: {0}")]
pub(crate) struct NotAnEvent(&'static str);

impl<'a> Event<'a> {
    pub(crate) fn read(message: &'a str) -> Result<Self, NotAnEvent> {
        let facts: Facts = serde_json::from_str(message)
            .map_err(|_| NotAnEvent("an attribute is missing or is no text"))?;
        if facts.group.is_empty() || facts.delivery_id.is_empty() {
            return Err(NotAnEvent("partitionkey or deliveryid is empty"));
        }
        Ok(Self { message, facts })
    }
}
