//! The result of a rotation, for people and programs.

use std::fmt;

use domain::{KeyUse, format_time};
use serde::Serialize;

use super::Rotation;

/// The result of a rotation. The secret is shown here and nowhere else.
#[derive(Serialize)]
pub struct RotatedKey<'a> {
    endpoint: &'a str,
    id: &'a str,
    /// None if the provider issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    /// The other keys, and when they expire.
    others: Vec<OtherKey<'a>>,
}

#[derive(Serialize)]
struct OtherKey<'a> {
    id: &'a str,
    #[serde(rename = "use")]
    purpose: KeyUse,
    not_after: Option<String>,
}

impl fmt::Display for RotatedKey<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.secret.unwrap_or_default())
    }
}

impl Rotation {
    /// The result, with the secret if this rotation created it.
    pub fn rotated_key(&self) -> RotatedKey<'_> {
        let Self { ring, is_ours, .. } = self;
        let mut keys = ring.keys().iter();
        let new = keys.next();
        RotatedKey {
            endpoint: self.name.as_str(),
            id: self.id(),
            secret: new.map(|key| key.secret.expose()).filter(|_| *is_ours),
            others: keys
                .map(|key| OtherKey {
                    id: &key.id,
                    purpose: key.purpose,
                    not_after: key.not_after.map(format_time),
                })
                .collect(),
        }
    }

    /// What has changed, and what to do next, for people.
    pub fn remarks(&self) -> Vec<String> {
        let Self { name, ring, .. } = self;
        let mut lines = vec![format!("{name}: the key {} is in place.", self.id())];
        let old = ring.keys().iter().skip(1);
        for key in old.filter(|key| key.purpose == KeyUse::Signature) {
            match key.not_after {
                Some(end) if end <= self.now => lines.push(format!(
                        "The key {} has expired: functions that still have it in memory drop it within a minute.",
                        key.id
                    )),
                Some(end) => lines.push(format!(
                    "The key {} is accepted until {}.",
                    key.id,
                    format_time(end)
                )),
                None => {}
            }
        }
        lines.push(
            if self.is_ours {
                "Next: give the secret to the provider. It is not shown again. If the provider issues its own \
                 secrets, use --secret-file instead."
            } else {
                "Next: switch the provider to the new secret."
            }
            .to_owned(),
        );
        lines.push(format!(
            "Then: `coatcheck endpoints test {name}`. The key_id in pointers and logs shows which key is in use."
        ));
        lines
    }
}

#[cfg(test)]
mod tests {
    use aws::operator::KeyVersions;
    use domain::{EndpointName, Secret, SignedDuration};

    use super::{
        super::plan::{RotationOptions, plan},
        *,
    };

    fn planned(overlap: Option<SignedDuration>, is_ours: bool) -> Rotation {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let versions = KeyVersions {
            current: Some(Secret::new("user:hunter1")),
            previous: None,
        };
        let options = RotationOptions {
            secret: Some(Secret::new("hunter2")),
            id: None,
            overlap,
            replace: false,
        };
        Rotation {
            name: EndpointName::try_from("billing".to_owned()).unwrap(),
            ring: plan(&versions, options, now, |_| true).unwrap(),
            is_ours,
            now,
            warning: None,
        }
    }

    #[test]
    fn the_new_secret_alone_is_shown_and_only_where_it_was_made() {
        let day = Some(SignedDuration::from_hours(24));
        let rotation = planned(day, true);
        let made = rotation.rotated_key();
        assert_eq!(made.to_string(), "hunter2");
        let json = serde_json::to_value(&made).unwrap();
        assert_eq!(json["secret"], "hunter2");
        assert_eq!(json["others"][0]["id"], "current");
        assert_eq!(json["others"][0]["not_after"], "2026-11-23T12:00:00.000Z");
        assert!(!json.to_string().contains("hunter1"));
        let issued = serde_json::to_string(&planned(day, false).rotated_key()).unwrap();
        assert!(!issued.contains("hunter"), "{issued}");
        let remarks = rotation.remarks().join("\n");
        assert!(!remarks.contains("hunter"), "{remarks}");
        assert!(remarks.contains("current is accepted until 2026-11-23T12:00"));
    }

    #[test]
    fn the_end_of_a_leaked_key_has_a_bound() {
        let remarks = planned(None, false).remarks().join("\n");
        assert!(remarks.contains("current has expired") && remarks.contains("within a minute"));
        assert!(remarks.contains("switch the provider"));
    }
}
