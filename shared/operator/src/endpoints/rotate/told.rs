//! What is said of a rotation.

use std::fmt;

use domain::{KeyUse, format_time};
use serde::Serialize;

use super::Rotation;

/// A rotation, as it is told. The secret is shown here and nowhere else.
#[derive(Serialize)]
pub struct Told<'a> {
    endpoint: &'a str,
    id: &'a str,
    /// None where the provider issued it.
    #[serde(skip_serializing_if = "Option::is_none")]
    secret: Option<&'a str>,
    /// The keys beside it, with their ends.
    others: Vec<Other<'a>>,
}

#[derive(Serialize)]
struct Other<'a> {
    id: &'a str,
    #[serde(rename = "use")]
    purpose: KeyUse,
    not_after: Option<String>,
}

impl fmt::Display for Told<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.secret.unwrap_or_default())
    }
}

impl Rotation {
    /// It, with the secret where that was made here: it is shown once.
    pub fn told(&self) -> Told<'_> {
        let Self { plan, is_ours, .. } = self;
        let mut keys = plan.ring.keys().iter();
        let new = keys.next();
        Told {
            endpoint: self.name.as_str(),
            id: &plan.id,
            secret: new.map(|key| key.secret.expose()).filter(|_| *is_ours),
            others: keys
                .map(|key| Other {
                    id: &key.id,
                    purpose: key.purpose,
                    not_after: key.not_after.map(format_time),
                })
                .collect(),
        }
    }

    /// What has happened, and what to do next.
    pub fn remarks(&self) -> Vec<String> {
        let Self { name, plan, .. } = self;
        let mut lines = vec![format!("{name}: the key {} is in place.", plan.id)];
        let old = plan.ring.keys().iter().skip(1);
        for key in old.filter(|key| key.purpose == KeyUse::Signature) {
            match key.not_after {
                Some(end) if end <= self.now => lines.push(format!(
                        "The key {} has ended: functions that still hold it in memory drop it within a minute.",
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
                "Next: give the secret to the provider; it is not shown again. A provider that issues its secrets \
                 itself needs the other way: --secret-file."
            } else {
                "Next: switch the provider to the new secret."
            }
            .to_owned(),
        );
        lines.push(format!(
            "Then: `coatcheck endpoints test {name}`; pointers and logs say by key_id which key is in use."
        ));
        lines
    }
}

#[cfg(test)]
mod tests {
    use aws::operator::KeyVersions;
    use domain::{EndpointName, Secret, SignedDuration};

    use super::{
        super::plan::{Wish, plan},
        *,
    };

    fn planned(overlap: Option<SignedDuration>, is_ours: bool) -> Rotation {
        let now = "2026-11-22T12:00:00Z".parse().unwrap();
        let versions = KeyVersions {
            current: Some(Secret::new("user:hunter1")),
            previous: None,
        };
        let wish = Wish {
            secret: Some(Secret::new("hunter2")),
            id: None,
            overlap,
            replace: false,
        };
        Rotation {
            name: EndpointName::try_from("billing".to_owned()).unwrap(),
            plan: plan(&versions, wish, now, |_| true).unwrap(),
            is_ours,
            now,
            warning: None,
        }
    }

    #[test]
    fn the_new_secret_alone_is_shown_and_only_where_it_was_made() {
        let day = Some(SignedDuration::from_hours(24));
        let rotation = planned(day, true);
        let made = rotation.told();
        assert_eq!(made.to_string(), "hunter2");
        let json = serde_json::to_value(&made).unwrap();
        assert_eq!(json["secret"], "hunter2");
        assert_eq!(json["others"][0]["id"], "current");
        assert_eq!(json["others"][0]["not_after"], "2026-11-23T12:00:00.000Z");
        assert!(!json.to_string().contains("hunter1"));
        let issued = serde_json::to_string(&planned(day, false).told()).unwrap();
        assert!(!issued.contains("hunter"), "{issued}");
        let remarks = rotation.remarks().join("\n");
        assert!(!remarks.contains("hunter"), "{remarks}");
        assert!(remarks.contains("current is accepted until 2026-11-23T12:00"));
    }

    #[test]
    fn the_end_of_a_leaked_key_is_told_with_its_bound() {
        let remarks = planned(None, false).remarks().join("\n");
        assert!(remarks.contains("current has ended") && remarks.contains("within a minute"));
        assert!(remarks.contains("switch the provider"));
    }
}
