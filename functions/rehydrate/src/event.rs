use aws::StreamRecord;
use domain::Heartbeat;
use serde::Serialize;

/// The event of a pointer, attribute for attribute what `modules/cloudevent` of
/// the Terraform code makes of a record of the stream (`from_stream`): a message
/// with it may take the place of one that the router published.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub(crate) struct CloudEvent<'a> {
    specversion: &'static str,
    id: &'a str,
    source: String,
    #[serde(rename = "type")]
    kind: &'a str,
    subject: &'a str,
    time: &'a str,
    datacontenttype: &'a str,
    dataref: String,
    datasha256: &'a str,
    /// A text: so it is in all events of ours.
    datasize: &'a str,
    #[serde(rename = "ref")]
    pub(crate) reference: &'a str,
    receivedat: &'a str,
    traceparent: &'a str,
    deliveryid: &'a str,
}

impl<'a> CloudEvent<'a> {
    /// The event that the record is, if it is one: the filter of every pipe holds
    /// back what is no new pointer. Fails with the name of the attribute that a new
    /// item lacks to be one.
    pub(crate) fn of(record: &'a StreamRecord) -> Result<Option<Self>, &'static str> {
        if record.event_name != "INSERT" || is_heartbeat(record) {
            return Ok(None);
        }
        render(record).map(Some)
    }
}

/// It measures the way of events and is none.
fn is_heartbeat(record: &StreamRecord) -> bool {
    let endpoint = record.image.get("endpoint");
    endpoint.is_some_and(|endpoint| endpoint == Heartbeat::ENDPOINT)
}

fn render(record: &StreamRecord) -> Result<CloudEvent<'_>, &'static str> {
    let of = |name: &'static str| record.image.get(name).map(String::as_str).ok_or(name);
    Ok(CloudEvent {
        specversion: "1.0",
        id: of("id")?,
        source: format!("/endpoints/{}", of("endpoint")?),
        kind: of("type")?,
        subject: of("subject")?,
        time: of("occurred_at")?,
        datacontenttype: of("content_type")?,
        dataref: format!("s3://{}/{}", of("bucket")?, of("key")?),
        datasha256: of("sha256")?,
        datasize: of("size")?,
        reference: of("ref")?,
        receivedat: of("received_at")?,
        traceparent: of("traceparent")?,
        deliveryid: &record.event_id,
    })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::tests::record;

    fn json(record: &StreamRecord) -> Value {
        serde_json::to_value(CloudEvent::of(record).unwrap().unwrap()).unwrap()
    }

    #[test]
    fn is_what_the_router_publishes() {
        let mut record = record("101", "evt_1");
        record.image.insert("subject".into(), "a \"b\"\n".into());
        assert_eq!(
            json(&record),
            json!({
                "specversion": "1.0",
                "id": "evt_1",
                "source": "/endpoints/stripe",
                "type": "invoice.paid",
                "subject": "a \"b\"\n",
                "time": "2026-11-21T20:59:57.000Z",
                "datacontenttype": "application/json",
                "dataref": "s3://payloads/payloads/a/evt_1",
                "datasha256": "a5".repeat(32),
                "datasize": "4500000",
                "ref": "stripe/evt_1",
                "receivedat": "2026-11-21T20:59:57.414Z",
                "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                "deliveryid": "event-of-101",
            })
        );
    }

    /// The template of the stack itself: neither may get an attribute that the other lacks.
    #[test]
    fn has_the_attributes_of_the_routers_template_from_the_same_places() {
        const MODULE: &str = include_str!("../../../terraform/modules/cloudevent/main.tf");
        let mut record = record("101", "evt_1");
        for (name, value) in &mut record.image {
            *value = format!("<$.dynamodb.NewImage.{name}>");
        }
        let rendered = json(&record);
        let mut expected = json!({"specversion": "1.0", "deliveryid": "event-of-101"});
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
        assert_eq!(expected.as_object().unwrap().len(), 14);
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
    fn only_an_insertion_by_a_provider_is_an_event() {
        for name in ["MODIFY", "REMOVE", ""] {
            let mut record = record("101", "evt_1");
            record.event_name = name.into();
            assert_eq!(CloudEvent::of(&record), Ok(None), "{name}");
        }
        let mut heartbeat = record("101", "evt_1");
        heartbeat.image.insert("endpoint".into(), "-".into());
        assert_eq!(CloudEvent::of(&heartbeat), Ok(None));
    }

    #[test]
    fn what_it_lacks_is_named() {
        for name in [
            "id",
            "endpoint",
            "type",
            "subject",
            "occurred_at",
            "bucket",
            "ref",
            "size",
        ] {
            let mut record = record("101", "evt_1");
            record.image.remove(name);
            assert_eq!(CloudEvent::of(&record), Err(name));
        }
    }
}
