use crate::{Timestamp, format_time};

/// An item of the events table that no provider sent: written to see whether, and
/// how fast, items are routed. Shaped like a pointer, so that the router treats
/// it as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Heartbeat {
    written_at: Timestamp,
}

impl Heartbeat {
    /// In place of an endpoint's name. No endpoint can have it: names begin with
    /// a letter or a digit.
    pub const ENDPOINT: &str = "-";

    /// The `source` of the event that the router builds from it.
    pub const SOURCE: &str = "/endpoints/-";

    /// Its type.
    pub const TYPE: &str = "coatcheck.heartbeat";

    /// The hash key of all heartbeats.
    pub const PARTITION: &str = "-#heartbeat";

    /// One written at this moment. Two in one millisecond are the same one.
    #[must_use]
    pub fn at(now: Timestamp) -> Self {
        let written_at = Timestamp::from_millisecond(now.as_millisecond()).unwrap_or(now);
        Self { written_at }
    }

    /// The heartbeat of this id, `None` if the text is not such an id.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        let heartbeat = Self::at(id.parse().ok()?);
        (heartbeat.id() == id).then_some(heartbeat)
    }

    /// Its event id and the sort key of its item: sorts by time.
    #[must_use]
    pub fn id(&self) -> String {
        format_time(self.written_at)
    }

    /// Its name in logs. Not a [`Ref`](crate::Ref), as it belongs to no endpoint.
    #[must_use]
    pub fn reference(&self) -> String {
        format!("{}/{}", Self::ENDPOINT, self.id())
    }

    /// When it was written.
    #[must_use]
    pub fn written_at(&self) -> Timestamp {
        self.written_at
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::EndpointName;

    #[test]
    fn is_found_again_by_its_id() {
        let written = Heartbeat::at("2026-11-22T05:00:00.250999Z".parse().unwrap());
        assert_eq!(written.id(), "2026-11-22T05:00:00.250Z");
        assert_eq!(written.reference(), "-/2026-11-22T05:00:00.250Z");
        assert_eq!(Heartbeat::from_id(&written.id()), Some(written));
    }

    #[test]
    fn no_other_text_is_one() {
        for id in [
            "",
            "evt_1",
            "2026-11-22T05:00:00Z",
            "2026-11-22T06:00:00.250+01:00",
        ] {
            assert_eq!(Heartbeat::from_id(id), None, "{id}");
        }
    }

    #[test]
    fn no_endpoint_can_take_its_place() {
        assert!(EndpointName::try_from(Heartbeat::ENDPOINT.to_owned()).is_err());
        assert_eq!(
            Heartbeat::SOURCE,
            format!("/endpoints/{}", Heartbeat::ENDPOINT)
        );
        assert!(Heartbeat::PARTITION.starts_with(&format!("{}#", Heartbeat::ENDPOINT)));
    }
}
