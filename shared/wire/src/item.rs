//! Items of DynamoDB, as its JSON has them.
//! <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_AttributeValue.html>

use std::collections::HashMap;

use domain::ItemValue;
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned, ser::SerializeMap as _};

use crate::{client::Answer, service::JsonAction};

/// An operation of DynamoDB or SQS.
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

/// A value with its type, to be sent.
pub(crate) struct Typed<'a>(pub(crate) &'a ItemValue);

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

/// An item that came back. Only texts and numbers are read.
#[derive(Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Item(HashMap<String, Value>);

#[derive(Debug, Deserialize)]
struct Value {
    #[serde(rename = "S")]
    text: Option<String>,
    #[serde(rename = "N")]
    digits: Option<String>,
}

impl Item {
    pub(crate) fn text(&self, name: &str) -> Option<&str> {
        self.0.get(name)?.text.as_deref()
    }

    /// A text, or a number's digits.
    pub(crate) fn plain(&self, name: &str) -> Option<&str> {
        let value = self.0.get(name)?;
        value.text.as_deref().or(value.digits.as_deref())
    }
}

/// The condition of a write did not hold: the item that is there, empty if the call did not ask
/// for it. `None`: something else was refused.
pub(crate) fn unmet(refused: &Answer) -> Option<Item> {
    #[derive(Default, Deserialize)]
    #[serde(rename_all = "PascalCase", default)]
    struct Unmet {
        item: Item,
    }
    refused
        .is("ConditionalCheckFailedException")
        .then(|| body::<Unmet>(refused).item)
}

/// What a refusal says besides its code; nothing, if that cannot be read.
pub(crate) fn body<T: DeserializeOwned + Default>(refused: &Answer) -> T {
    serde_json::from_slice(&refused.body).unwrap_or_default()
}
