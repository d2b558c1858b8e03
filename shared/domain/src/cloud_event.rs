use std::{
    borrow::Cow,
    collections::{BTreeMap, HashMap},
};

use serde::Serialize;

use crate::{AttributeName, Attributes, DataRef, PartitionKey};

/// The event of a pointer, attribute for attribute as `modules/cloudevent` of the
/// Terraform code builds it: a message with it may replace one that the router
/// published.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CloudEvent<'a> {
    /// `1.0`.
    pub specversion: &'static str,
    /// The provider's id of the event.
    pub id: &'a str,
    /// `/endpoints/{endpoint}`.
    pub source: String,
    /// The provider's type of the event.
    #[serde(rename = "type")]
    pub kind: &'a str,
    /// What it is about; empty if nothing says.
    pub subject: &'a str,
    /// When it happened, by the provider's clock.
    pub time: &'a str,
    /// The payload's, as received.
    pub datacontenttype: &'a str,
    /// `s3://{bucket}/{key}`, or a `data:` URI with the payload's bytes.
    pub dataref: Cow<'a, str>,
    /// The payload's SHA-256 in hex.
    pub datasha256: &'a str,
    /// The payload's length in bytes. As text, as in all our events.
    pub datasize: &'a str,
    /// Names the event everywhere.
    #[serde(rename = "ref")]
    pub reference: &'a str,
    /// When the delivery came, by our clock.
    pub receivedat: &'a str,
    /// W3C trace context.
    pub traceparent: &'a str,
    /// Of the replay; empty for what a provider delivered.
    pub replayid: &'a str,
    /// `true` if a processor that is done with the event should process it again.
    pub replayforce: &'a str,
    /// Events with the same one have an order: a digest of the pointer's partition key.
    pub partitionkey: Cow<'a, str>,
    /// What endpoints of the stack declare, by name, as it is stored (see [`decode_attribute`](crate::decode_attribute));
    /// empty if the event has no such value.
    #[serde(flatten)]
    pub attributes: BTreeMap<&'a str, &'a str>,
    /// The order texts of the numbers that some subscription compares, by the names of their members
    /// ([`AttributeName::order_member`]); empty if the event has none. For the readers of queues alone.
    #[serde(flatten)]
    pub order: BTreeMap<String, &'a str>,
    /// What a partial-failure answer must name.
    pub deliveryid: &'a str,
}

impl<'a> CloudEvent<'a> {
    /// The event of an item of the `events` table: its strings and numbers, as
    /// text. Only its attributes count, so a heartbeat is an event, too.
    /// `declared`: the names of the attributes that endpoints of the stack declare.
    ///
    /// # Errors
    /// The name of an attribute that the item lacks.
    pub fn of_image(
        image: &'a HashMap<String, String>,
        declared: impl IntoIterator<Item = &'a AttributeName>,
        delivery_id: &'a str,
    ) -> Result<Self, &'static str> {
        let declared = declared.into_iter();
        let of = |name: &'static str| image.get(name).map(String::as_str).ok_or(name);
        // A pointer from before there were groups has a partition key.
        let group = || of("group").map(Cow::Borrowed);
        let made = |name| of(name).map(|key| Cow::Owned(PartitionKey::group(key)));
        Ok(Self {
            specversion: "1.0",
            id: of("id")?,
            source: format!("/endpoints/{}", of("endpoint")?),
            kind: of("type")?,
            subject: of("subject")?,
            time: of("occurred_at")?,
            datacontenttype: of("content_type")?,
            dataref: DataRef::text_of(|name| image.get(name).map(String::as_str))?,
            datasha256: of("sha256")?,
            datasize: of("size")?,
            reference: of("ref")?,
            receivedat: of("received_at")?,
            traceparent: of("traceparent")?,
            replayid: of("replayid")?,
            replayforce: of("replayforce")?,
            partitionkey: group().or_else(|name| made("pk").map_err(|_| name))?,
            attributes: declared
                .map(|name| (name.as_str(), Attributes::stored_in(image, name)))
                .collect(),
            order: BTreeMap::new(),
            deliveryid: delivery_id,
        })
    }

    /// With what the filters of queues compare. `compared`: the names of the numbers that some subscription of the stack
    /// compares.
    #[must_use]
    pub fn with_order(
        mut self,
        image: &'a HashMap<String, String>,
        compared: impl IntoIterator<Item = &'a AttributeName>,
    ) -> Self {
        let order = compared
            .into_iter()
            .map(|name| (name.order_member(), Attributes::order_in(image, name)));
        self.order = order.collect();
        self
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const MODULE: &str = include_str!("../../../terraform/modules/cloudevent/main.tf");

    fn image() -> HashMap<String, String> {
        let image = [
            ("id", "evt_1"),
            ("endpoint", "stripe"),
            ("type", "invoice.paid"),
            ("subject", "a \"b\"\n"),
            ("occurred_at", "2026-11-21T20:59:57.000Z"),
            ("received_at", "2026-11-21T20:59:57.414Z"),
            ("content_type", "application/json"),
            ("size", "4500000"),
            ("sha256", "a5"),
            ("dataref", "s3://payloads/payloads/a/evt_1"),
            ("traceparent", "00-0a-b7-01"),
            ("ref", "stripe/evt_1"),
            ("replayid", ""),
            ("replayforce", "false"),
            ("group", "ac42"),
        ];
        image
            .map(|(name, value)| (name.into(), value.into()))
            .into()
    }

    fn names(names: &[&str]) -> Vec<AttributeName> {
        let name = |name: &&str| AttributeName::try_from((*name).to_owned()).unwrap();
        names.iter().map(name).collect()
    }

    fn json_with(image: &HashMap<String, String>, declared: &[&str]) -> Value {
        let declared = names(declared);
        let event = CloudEvent::of_image(image, &declared, "delivery").unwrap();
        serde_json::to_value(event).unwrap()
    }

    fn json(image: &HashMap<String, String>) -> Value {
        json_with(image, &[])
    }

    #[test]
    fn is_what_the_router_publishes() {
        let published = json!({
            "specversion": "1.0",
            "id": "evt_1",
            "source": "/endpoints/stripe",
            "type": "invoice.paid",
            "subject": "a \"b\"\n",
            "time": "2026-11-21T20:59:57.000Z",
            "datacontenttype": "application/json",
            "dataref": "s3://payloads/payloads/a/evt_1",
            "datasha256": "a5",
            "datasize": "4500000",
            "ref": "stripe/evt_1",
            "receivedat": "2026-11-21T20:59:57.414Z",
            "traceparent": "00-0a-b7-01",
            "replayid": "",
            "replayforce": "false",
            "partitionkey": "ac42",
            "deliveryid": "delivery",
        });
        assert_eq!(json(&image()), published);
    }

    /// The stack's own template: neither may get an attribute that the other lacks.
    #[test]
    fn has_the_attributes_of_the_routers_template_from_the_same_places() {
        let mut image = image();
        for (name, value) in &mut image {
            *value = format!("<$.dynamodb.NewImage.{name}>");
        }
        let rendered = json(&image);
        let mut expected = json!({"specversion": "1.0", "deliveryid": "delivery"});
        for line in MODULE
            .lines()
            .filter(|line| line.trim_start().starts_with("[\""))
        {
            let pair: Vec<String> =
                serde_json::from_str(line.trim().trim_end_matches(',')).unwrap();
            let place = pair[1].replace(".S>", ">").replace(".N>", ">");
            expected[&pair[0]] = place.trim_matches('"').into();
        }
        assert_eq!(rendered, expected);
        assert_eq!(expected.as_object().unwrap().len(), 17);
        let stream = MODULE
            .lines()
            .find(|line| line.contains("from_stream"))
            .unwrap();
        assert!(stream.contains(r#"{\"specversion\":\"1.0\","#), "{stream}");
        assert!(
            stream.ends_with(r#"\"deliveryid\":<$.eventID>}""#),
            "{stream}"
        );
    }

    #[test]
    fn a_pointer_with_its_payload_makes_an_event_with_it() {
        let mut image = image();
        image.insert("dataref".into(), "data:;base64,Zg==".into());
        assert_eq!(json(&image)["dataref"], "data:;base64,Zg==");
    }

    #[test]
    fn a_pointer_from_before_payloads_could_be_inline_makes_the_same_event() {
        let mut image = image();
        image.remove("dataref");
        image.insert("bucket".into(), "payloads".into());
        image.insert("key".into(), "payloads/a/evt_1".into());
        assert_eq!(json(&image), json(&self::image()));
    }

    #[test]
    fn a_pointer_without_a_group_gets_that_of_its_partition_key() {
        let mut image = image();
        image.remove("group");
        image.insert("pk".into(), "stripe#evt_1".into());
        assert_eq!(
            json(&image)["partitionkey"],
            PartitionKey::group("stripe#evt_1")
        );
    }

    #[test]
    fn what_endpoints_declare_is_in_every_event_of_the_stack() {
        let mut image = image();
        image.insert("x_customer".into(), "50%25".into());
        image.insert("x_undeclared".into(), "no more".into());
        let event = json_with(&image, &["customer", "plan"]);
        assert_eq!(
            (&event["customer"], &event["plan"]),
            (&json!("50%25"), &json!(""))
        );
        assert_eq!(event.as_object().unwrap().len(), 19);
        assert_eq!(event.get("undeclared"), None);
    }

    /// An attribute of such a name would be there twice.
    #[test]
    fn no_attribute_has_the_name_of_another_member() {
        for name in json(&image()).as_object().unwrap().keys() {
            let name = AttributeName::try_from(name.clone()).unwrap();
            assert!(name.is_reserved(), "{name}");
        }
    }

    /// The module puts declared names into both templates, in quotes: a path that is missing gives an empty text.
    #[test]
    fn the_templates_have_them_in_quotes() {
        let image = r#"[name, "\"<$.dynamodb.NewImage.x_${name}.S>\""]"#;
        assert!(MODULE.contains(image), "{image}");
        let queue = r#""\"${name}\":\"<$.body.${name}>\"""#;
        assert!(MODULE.contains(queue), "{queue}");
    }

    #[test]
    fn what_filters_compare_is_in_the_events_for_queues() {
        let mut image = image();
        image.insert("n_amount".into(), "0101".into());
        let compared = names(&["amount", "size"]);
        let event = CloudEvent::of_image(&image, [], "delivery").unwrap();
        let event = serde_json::to_value(event.with_order(&image, &compared)).unwrap();
        assert_eq!(
            (&event["0amount"], &event["0size"]),
            (&json!("0101"), &json!(""))
        );
        assert_eq!(json(&image).get("0amount"), None);
        let member = r#"["0${name}", "\"<$.dynamodb.NewImage.n_${name}.S>\""]"#;
        assert!(MODULE.contains(member), "{member}");
        assert!(AttributeName::try_from("0amount".to_owned()).is_err());
    }

    #[test]
    fn what_it_lacks_is_named() {
        let whole = image();
        for name in whole.keys() {
            let mut image = whole.clone();
            image.remove(name);
            assert_eq!(CloudEvent::of_image(&image, [], "").unwrap_err(), name);
        }
    }
}
