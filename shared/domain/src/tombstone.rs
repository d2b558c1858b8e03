use crate::{ERASED_AT, ItemValue, PartitionKey, Ref, Timestamp, format_time};

/// The attribute of a tombstone whose event is not erased everywhere yet: the `dataref` of its object, or nothing if its
/// payload was in the pointer.
pub const ERASING: &str = "erasing";

/// What is left of an event that was erased. It has the key of the event's pointer, in its place: the conditional write
/// that decides about a delivery finds it, so a delivery that comes late, a replay and a sweep store nothing.
///
/// It holds nothing of the event but its name, which the decision needs, and three times.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tombstone {
    /// Names the event. Its keys may be personal data, if the provider's ids are.
    pub reference: Ref,
    /// When the first delivery came: where equal bytes are one event within a window, another event of the same bytes
    /// may come later.
    pub received_at: Timestamp,
    /// When the erasure began.
    pub erased_at: Timestamp,
    /// From then on DynamoDB may remove it.
    pub expires_at: Timestamp,
    /// While the erasure is not finished: the text of the `dataref` to delete, empty if no object holds the payload. So
    /// an erasure that was interrupted is found, and knows what it has to delete.
    pub erasing: Option<String>,
}

impl Tombstone {
    /// Its item. In no index and in no event: it has neither their keys nor `replayid`, which every pipe's filter asks for.
    #[must_use]
    pub fn attributes(&self) -> Vec<(&'static str, ItemValue)> {
        let (pk, sk) = self.keys();
        let text = |value: String| ItemValue::Text(value);
        let mut attributes = vec![
            ("pk", text(pk)),
            ("sk", text(sk)),
            ("ref", text(self.reference.to_string())),
            ("received_at", text(format_time(self.received_at))),
            (ERASED_AT, text(format_time(self.erased_at))),
            (
                "expires_at",
                ItemValue::Number(self.expires_at.as_second().to_string()),
            ),
        ];
        attributes.extend(self.erasing.clone().map(|dataref| (ERASING, text(dataref))));
        attributes
    }

    /// Hash key and sort key: those of the pointer.
    #[must_use]
    pub fn keys(&self) -> (String, String) {
        let pk: PartitionKey = self.reference.partition_key();
        (pk.to_string(), self.reference.event_key.as_str().to_owned())
    }

    /// Reads an item, whose attributes `of` reads. `None`: it is not a tombstone.
    ///
    /// # Errors
    /// The name of an attribute that cannot be read.
    pub fn read<'i>(of: impl Fn(&str) -> Option<&'i str>) -> Result<Option<Self>, &'static str> {
        let Some(erased_at) = of(ERASED_AT) else {
            return Ok(None);
        };
        let time = |name| of(name).and_then(|text| text.parse().ok()).ok_or(name);
        let expires_at = of("expires_at").and_then(|text| text.parse().ok());
        let expires_at = expires_at.and_then(|second| Timestamp::from_second(second).ok());
        Ok(Some(Self {
            reference: of("ref").and_then(|text| text.parse().ok()).ok_or("ref")?,
            received_at: time("received_at")?,
            erased_at: erased_at.parse().map_err(|_| ERASED_AT)?,
            expires_at: expires_at.ok_or("expires_at")?,
            erasing: of(ERASING).map(str::to_owned),
        }))
    }

    /// The same, once everything is erased.
    #[must_use]
    pub fn finished(self) -> Self {
        Self {
            erasing: None,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;
    use crate::Inserted;

    fn tombstone() -> Tombstone {
        Tombstone {
            reference: "stripe/cus_1/evt_1".parse().unwrap(),
            received_at: "2026-11-21T20:59:57.414Z".parse().unwrap(),
            erased_at: "2026-11-27T18:00:00Z".parse().unwrap(),
            expires_at: "2027-02-25T18:00:00Z".parse().unwrap(),
            erasing: Some("s3://b/payloads/k".to_owned()),
        }
    }

    fn item(tombstone: &Tombstone) -> HashMap<String, String> {
        let text = |(name, value): (&str, ItemValue)| match value {
            ItemValue::Text(text) | ItemValue::Number(text) => (name.to_owned(), text),
        };
        tombstone.attributes().into_iter().map(text).collect()
    }

    fn read(item: &HashMap<String, String>) -> Result<Option<Tombstone>, &'static str> {
        Tombstone::read(|name| item.get(name).map(String::as_str))
    }

    #[test]
    fn it_is_in_the_pointers_place_and_holds_its_name_and_times_alone() {
        let whole = tombstone();
        let mut names: Vec<_> = whole.attributes().iter().map(|(name, _)| *name).collect();
        names.sort_unstable();
        let expected = [
            "erased_at",
            "erasing",
            "expires_at",
            "pk",
            "received_at",
            "ref",
            "sk",
        ];
        assert_eq!(names, expected);
        let stored = item(&whole);
        assert_eq!((&*stored["pk"], &*stored["sk"]), ("stripe#cus_1", "evt_1"));
        assert_eq!(read(&stored), Ok(Some(whole.clone())));
        let finished = whole.finished();
        assert!(!item(&finished).contains_key(ERASING));
        assert_eq!(read(&item(&finished)), Ok(Some(finished)));
    }

    #[test]
    fn a_pointer_is_none_and_what_cannot_be_read_is_named() {
        assert_eq!(read(&HashMap::new()), Ok(None));
        for name in ["ref", "received_at", ERASED_AT, "expires_at"] {
            let mut broken = item(&tombstone());
            broken.insert(name.to_owned(), "?".to_owned());
            assert_eq!(read(&broken), Err(name));
        }
    }

    #[test]
    fn a_delivery_that_finds_it_is_told_so_and_not_that_a_pointer_cannot_be_read() {
        for one in [tombstone(), tombstone().finished()] {
            let stored = item(&one);
            let found = Inserted::duplicate(|name| stored.get(name).map(String::as_str));
            let event_key = one.reference.event_key;
            assert_eq!(found, Ok(Inserted::Erased { event_key }));
        }
    }
}
