use aws::StreamRecord;
use domain::{AttributeName, CloudEvent, Heartbeat};

/// The event in the record, if it is one: the filter of every pipe drops anything
/// that is neither a new pointer nor a replay. Fails with the name of the attribute
/// that a new item lacks. `declared`: what the stack's endpoints declare.
pub(crate) fn event<'a>(
    record: &'a StreamRecord,
    declared: &'a [AttributeName],
) -> Result<Option<CloudEvent<'a>>, &'static str> {
    if record.event_name != "INSERT" || is_heartbeat(record) {
        return Ok(None);
    }
    CloudEvent::of_image(&record.image, declared, &record.event_id).map(Some)
}

/// It measures the path of events and is not one.
fn is_heartbeat(record: &StreamRecord) -> bool {
    let endpoint = record.image.get("endpoint");
    endpoint.is_some_and(|endpoint| endpoint == Heartbeat::ENDPOINT)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::record;

    #[test]
    fn a_delivery_is_an_event_and_so_is_its_replay() {
        let mut record = record("101", "evt_1");
        record
            .image
            .insert("x_customer".to_owned(), "cus_1".to_owned());
        let declared = [AttributeName::own("customer"), AttributeName::own("plan")];
        let delivered = event(&record, &declared).unwrap().unwrap();
        assert_eq!(delivered.attributes["customer"], "cus_1");
        assert_eq!(delivered.attributes["plan"], "");
        assert_eq!(delivered.deliveryid, "event-of-101");
        assert_eq!((delivered.replayid, delivered.replayforce), ("", "false"));
        for (name, value) in [
            ("sk", "evt_1\u{1f}r1"),
            ("replayid", "r1"),
            ("replayforce", "true"),
            ("replayto", "*"),
        ] {
            record.image.insert(name.to_owned(), value.to_owned());
        }
        let replayed = event(&record, &[]).unwrap().unwrap();
        assert_eq!((replayed.replayid, replayed.replayforce), ("r1", "true"));
        assert_eq!(replayed.reference, "stripe/evt_1");
    }

    #[test]
    fn only_an_insertion_by_a_provider_is_an_event() {
        for name in ["MODIFY", "REMOVE", ""] {
            let mut record = record("101", "evt_1");
            record.event_name = name.into();
            assert_eq!(event(&record, &[]), Ok(None), "{name}");
        }
        let mut heartbeat = record("101", "evt_1");
        heartbeat.image.insert("endpoint".into(), "-".into());
        assert_eq!(event(&heartbeat, &[]), Ok(None));
    }

    #[test]
    fn what_it_lacks_is_named() {
        let mut record = record("101", "evt_1");
        record.image.remove("subject");
        assert_eq!(event(&record, &[]), Err("subject"));
    }
}
