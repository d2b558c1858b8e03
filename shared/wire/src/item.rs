//! Items of DynamoDB, as its JSON has them.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>

use std::collections::HashMap;

use domain::ItemValue;
use serde::{Deserialize, Serialize, Serializer, ser::SerializeMap as _};

use crate::service::JsonAction;

/// An operation of DynamoDB.
pub(crate) const fn action(operation: &'static str, target: &'static str) -> JsonAction {
    JsonAction {
        operation,
        target,
        content_type: "application/x-amz-json-1.0",
    }
}

/// An item, or values by their placeholders, to be sent.
pub(crate) struct Attributes<'a, N = &'static str>(pub(crate) &'a [(N, ItemValue)]);

impl<N: AsRef<str>> Serialize for Attributes<'_, N> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in self.0 {
            map.serialize_entry(name.as_ref(), &Typed(value))?;
        }
        map.end()
    }
}

struct Typed<'a>(&'a ItemValue);

impl Serialize for Typed<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (kind, value) = match self.0 {
            ItemValue::Text(text) => ("S", text),
            ItemValue::Number(digits) => ("N", digits),
        };
        let mut map = serializer.serialize_map(Some(1))?;
        map.serialize_entry(kind, value)?;
        map.end()
    }
}

/// A text, to be sent.
pub(crate) fn text(value: &str) -> ItemValue {
    ItemValue::Text(value.to_owned())
}

/// An item that came back. Only texts are read.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Item(HashMap<String, Value>);

#[derive(Debug, Deserialize)]
struct Value {
    #[serde(rename = "S")]
    text: Option<String>,
}

impl Item {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.text.as_deref()
    }
}
