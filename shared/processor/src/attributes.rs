use std::{collections::BTreeMap, str::FromStr};

use domain::{DataRef, Digest, Ref, Timestamp, decode_attribute};
use serde_json::{Map, Value};

use crate::Claim;

/// The attributes of a CloudEvents event, read.
#[derive(Debug)]
pub(crate) struct Attributes {
    pub(crate) id: String,
    pub(crate) source: String,
    pub(crate) kind: String,
    pub(crate) subject: String,
    pub(crate) time: Timestamp,
    pub(crate) content_type: String,
    pub(crate) reference: Ref,
    pub(crate) received_at: Timestamp,
    pub(crate) traceparent: String,
    /// Empty: the provider delivered it.
    pub(crate) replay_id: String,
    pub(crate) replay_forced: bool,
    pub(crate) delivery_id: String,
    /// Empty: an event from before it was passed on has none.
    pub(crate) partition_key: String,
    pub(crate) claim: Claim,
    /// What endpoints declare; those that are not there are left out.
    pub(crate) declared: BTreeMap<String, String>,
}

/// What every event has. Everything else that is a text is an attribute that an endpoint declares.
const OWN: [&str; 18] = [
    "datacontenttype",
    "dataref",
    "datasha256",
    "datasize",
    "deliveryid",
    "id",
    "partitionkey",
    "receivedat",
    "ref",
    "replayforce",
    "replayid",
    "source",
    "specversion",
    "subject",
    "subscription",
    "time",
    "traceparent",
    "type",
];

/// This one can never be processed: reject it. Neither text shows a value of the
/// event.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EventProblem {
    /// The message is not a JSON object.
    #[error("the event is not a JSON object")]
    NotAnObject,
    /// An attribute is missing, or does not have the form it must have.
    #[error("the event has no usable attribute `{0}`")]
    Attribute(&'static str),
}

impl Attributes {
    /// Names the first attribute that is wrong.
    pub(crate) fn decode(value: &Value) -> Result<Self, EventProblem> {
        let event = Members(value.as_object().ok_or(EventProblem::NotAnObject)?);
        if event.text("specversion")? != "1.0" {
            return Err(EventProblem::Attribute("specversion"));
        }
        let dataref = DataRef::parse(event.text("dataref")?);
        let dataref = dataref.ok_or(EventProblem::Attribute("dataref"))?;
        Ok(Self {
            id: event.named("id")?,
            source: event.named("source")?,
            kind: event.named("type")?,
            subject: event.or_else("subject", "")?.to_owned(),
            time: event.parsed("time")?,
            content_type: event.named("datacontenttype")?,
            reference: event.parsed("ref")?,
            received_at: event.parsed("receivedat")?,
            traceparent: event.text("traceparent")?.to_owned(),
            replay_id: event.or_else("replayid", "")?.to_owned(),
            replay_forced: match event.or_else("replayforce", "false")? {
                "true" => true,
                // Empty: the pipe's template found none, in a message from before there were any.
                "false" | "" => false,
                _ => return Err(EventProblem::Attribute("replayforce")),
            },
            delivery_id: event.named("deliveryid")?,
            partition_key: event.or_else("partitionkey", "")?.to_owned(),
            claim: Claim {
                dataref,
                sha256: event.parsed::<Digest>("datasha256")?,
                size: event.size()?,
            },
            declared: event.declared(),
        })
    }
}

struct Members<'a>(&'a Map<String, Value>);

impl<'a> Members<'a> {
    fn text(&self, name: &'static str) -> Result<&'a str, EventProblem> {
        self.0
            .get(name)
            .and_then(Value::as_str)
            .ok_or(EventProblem::Attribute(name))
    }

    /// A text that CloudEvents requires to be non-empty.
    fn named(&self, name: &'static str) -> Result<String, EventProblem> {
        match self.text(name)? {
            "" => Err(EventProblem::Attribute(name)),
            text => Ok(text.to_owned()),
        }
    }

    fn parsed<T: FromStr>(&self, name: &'static str) -> Result<T, EventProblem> {
        self.text(name)?
            .parse()
            .map_err(|_| EventProblem::Attribute(name))
    }

    /// An attribute that an event may lack: a subject, and those that were added later, which
    /// events lack that wait since before.
    fn or_else(
        &self,
        name: &'static str,
        otherwise: &'static str,
    ) -> Result<&'a str, EventProblem> {
        match self.0.get(name) {
            None | Some(Value::Null) => Ok(otherwise),
            Some(_) => self.text(name),
        }
    }

    /// Empty: the event has none.
    fn declared(&self) -> BTreeMap<String, String> {
        let others = self
            .0
            .iter()
            .filter(|(name, _)| !OWN.contains(&name.as_str()));
        let texts = others.filter_map(|(name, value)| Some((name, value.as_str()?)));
        texts
            .filter(|(_, stored)| !stored.is_empty())
            .map(|(name, stored)| (name.clone(), decode_attribute(stored).into_owned()))
            .collect()
    }

    /// A template of Pipes writes it as text, other senders as a number.
    fn size(&self) -> Result<u64, EventProblem> {
        match self.0.get("datasize") {
            Some(Value::Number(size)) => size.as_u64(),
            Some(Value::String(size)) => size.parse().ok(),
            _ => None,
        }
        .ok_or(EventProblem::Attribute("datasize"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fakes::cloud_event;

    fn decode(value: &Value) -> Result<Attributes, EventProblem> {
        Attributes::decode(value)
    }

    #[test]
    fn whatever_else_is_missing_is_named() {
        let whole = cloud_event("evt_1", b"{}");
        for name in whole.as_object().unwrap().keys() {
            if ["subject", "replayid", "replayforce"].contains(&name.as_str()) {
                continue;
            }
            let mut value = whole.clone();
            value.as_object_mut().unwrap().remove(name);
            let problem = decode(&value).unwrap_err();
            assert!(problem.to_string().contains(&format!("`{name}`")), "{name}");
        }
    }
}
