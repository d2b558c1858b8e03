use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};

/// For how many days an endpoint keeps its payloads, where that is fewer than its stack does.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Retention(Option<NonZeroU32>);

impl Retention {
    /// How many days such an endpoint's pointer outlives its payload. S3 removes an object some time after it has expired,
    /// and an erasure finds it by its pointer. Until then people and replays learn that the payload has expired.
    pub const POINTER_OUTLIVES_DAYS: u32 = 7;

    /// Whether the endpoint has no days of its own.
    #[must_use]
    pub fn is_of_stack(&self) -> bool {
        self.0.is_none()
    }

    /// The days that the endpoint has of its own.
    #[must_use]
    pub fn own_days(self) -> Option<u32> {
        self.0.map(NonZeroU32::get)
    }

    /// After how many days a payload expires, of a stack that keeps others for so many.
    #[must_use]
    pub fn payload_days(self, stack: u32) -> u32 {
        self.own_days().map_or(stack, |own| own.min(stack))
    }

    /// After how many days a pointer expires, of a stack that keeps others for so many.
    #[must_use]
    pub fn pointer_days(self, stack: u32) -> u32 {
        let own = self.own_days();
        own.map_or(stack, |own| {
            own.saturating_add(Self::POINTER_OUTLIVES_DAYS).min(stack)
        })
    }

    /// The tag of its objects, as the header `x-amz-tagging` has it: a rule of the bucket removes what has it.
    /// `None`: they have none, and the stack's own rule removes them.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html>
    #[must_use]
    pub fn tagging(self) -> Option<String> {
        self.own_days().map(|days| format!("retention-days={days}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Endpoint;

    fn retention(days: &str) -> Retention {
        serde_json::from_str(days).unwrap()
    }

    #[test]
    fn an_endpoint_has_the_days_of_its_stack_or_fewer() {
        for (days, payloads, pointers, tagging) in [
            ("null", 30, 90, None),
            ("22", 22, 29, Some("retention-days=22")),
            ("30", 30, 37, Some("retention-days=30")),
            // Of a stack that has fewer since: its rule for all is the shorter one.
            ("85", 30, 90, Some("retention-days=85")),
            ("4294967295", 30, 90, Some("retention-days=4294967295")),
        ] {
            let own = retention(days);
            let found = (own.payload_days(30), own.pointer_days(90));
            assert_eq!(found, (payloads, pointers), "{days}");
            assert_eq!(own.tagging().as_deref(), tagging, "{days}");
        }
    }

    #[test]
    fn no_days_at_all_are_refused() {
        assert!(serde_json::from_str::<Retention>("0").is_err());
        assert!(serde_json::from_str::<Retention>("22.5").is_err());
    }

    #[test]
    fn an_endpoint_without_days_of_its_own_is_written_as_before() {
        let with = |more: &str| {
            let json = format!(r#"{{"name":"a","scheme":"github"{more}}}"#);
            Endpoint::from_json(&json).unwrap()
        };
        let none = with("");
        assert!(none.retention_days.is_of_stack());
        let written = serde_json::to_string(&none).unwrap();
        assert!(!written.contains("retention"), "{written}");
        let some = with(r#","retention_days":22"#);
        assert_eq!(some.retention_days, retention("22"));
        let written = serde_json::to_string(&some).unwrap();
        assert_eq!(Endpoint::from_json(&written).unwrap(), some);
    }
}
