//! What a case says: `sdk/contract/README.md` describes the members.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

pub(super) type Item = Map<String, Value>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Case {
    pub(super) name: String,
    #[serde(default)]
    pub(super) settings: Settings,
    #[serde(default = "half_a_minute")]
    pub(super) left_ms: i64,
    pub(super) input: Value,
    #[serde(default)]
    pub(super) payloads: BTreeMap<String, Value>,
    #[serde(default)]
    pub(super) table: BTreeMap<String, Item>,
    #[serde(default)]
    pub(super) table_at_claim: BTreeMap<String, BTreeMap<String, Item>>,
    #[serde(default)]
    pub(super) table_fails: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) queues_fail: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) fifo_queues: Vec<String>,
    #[serde(default)]
    pub(super) handler: BTreeMap<String, Does>,
    pub(super) answer: Option<Value>,
    pub(super) error: Option<Error>,
    pub(super) handled: Option<Vec<String>>,
    #[serde(default)]
    pub(super) before: Vec<(String, String)>,
    #[serde(default)]
    pub(super) seen: BTreeMap<String, Item>,
    pub(super) writes: Option<Vec<String>>,
    /// Of the adapter, which has its own test with the same file.
    #[serde(default, rename = "exact_writes")]
    pub(super) _exact_writes: bool,
    #[serde(default)]
    pub(super) table_after: BTreeMap<String, Option<Item>>,
    #[serde(default)]
    pub(super) summary_bytes: BTreeMap<String, usize>,
    #[serde(default)]
    pub(super) rejected: BTreeMap<String, String>,
    #[serde(default)]
    pub(super) retried: BTreeMap<String, String>,
    pub(super) metrics: Option<Vec<Value>>,
    pub(super) sent: Option<Vec<Sent>>,
    pub(super) most_at_once: Option<usize>,
}

/// In a FIFO queue it has a group and a deduplication id.
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Sent {
    Plain(String, usize),
    InOrder(String, usize, String, String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Settings {
    pub(super) idempotency: bool,
    pub(super) record: String,
    pub(super) events_at_once: usize,
    pub(super) event_timeout_ms: Option<u64>,
    pub(super) keep_order: bool,
    pub(super) task: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Error {
    #[serde(rename = "type")]
    pub(super) kind: String,
    pub(super) says: String,
}

#[derive(Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct Does {
    pub(super) does: String,
    pub(super) reason: String,
    pub(super) repeat: String,
    pub(super) times: usize,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            idempotency: true,
            record: "claim".to_owned(),
            events_at_once: 8,
            event_timeout_ms: None,
            keep_order: false,
            task: false,
        }
    }
}

fn half_a_minute() -> i64 {
    30_000
}

/// Writes out the events of an input, from this text of an event.
pub(super) struct Expanded<'a>(pub(super) &'a str);

impl Expanded<'_> {
    pub(super) fn value(&self, value: &Value) -> Value {
        match value {
            Value::Array(values) => values.iter().map(|value| self.value(value)).collect(),
            Value::Object(members) => match (members.get("$event"), members.get("$text")) {
                (Some(attributes), _) => self.event(attributes.as_object().unwrap()),
                (None, Some(value)) => self.value(value).to_string().into(),
                (None, None) => members
                    .iter()
                    .map(|(name, value)| (name.clone(), self.value(value)))
                    .collect(),
            },
            value => value.clone(),
        }
    }

    fn event(&self, attributes: &Item) -> Value {
        let text = self.0.replace("{id}", attributes["id"].as_str().unwrap());
        let mut event: Item = serde_json::from_str(&text).unwrap();
        for (name, value) in attributes {
            match value {
                Value::Null => event.remove(name),
                value => event.insert(name.clone(), value.clone()),
            };
        }
        Value::Object(event)
    }
}
