use std::{borrow::Cow, fmt};

use serde::{Deserialize, Serialize};

use super::problem::AttributeProblem;

/// The name of an attribute: 1 to 20 of `a-z` and `0-9`, starting with a letter, as `CloudEvents` names its extensions.
/// <https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md#naming-conventions>
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AttributeName(Cow<'static, str>);

/// What an event has already, or may get from `CloudEvents` or from Coatcheck itself.
const RESERVED: [&str; 22] = [
    "data",
    "datacontenttype",
    "dataref",
    "dataschema",
    "datasha256",
    "datasize",
    "deliveryid",
    "id",
    "partitionkey",
    "receivedat",
    "ref",
    "replayforce",
    "replayid",
    "replayto",
    "schemacheck",
    "source",
    "specversion",
    "subject",
    "subscription",
    "time",
    "traceparent",
    "type",
];

/// Of these, what Coatcheck sets for processors.
const SET_BY_US: [&str; 1] = ["schemacheck"];

/// Before the name, in a pointer's item.
pub(super) const STORED: &str = "x_";

impl AttributeName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Of an attribute that Coatcheck itself sets. It must be among the reserved ones.
    #[must_use]
    pub const fn own(name: &'static str) -> Self {
        Self(Cow::Borrowed(name))
    }

    /// The name of the member of a pointer's item that holds it.
    #[must_use]
    pub fn stored(&self) -> String {
        format!("{STORED}{self}")
    }

    /// Whether processors get it in their events: what endpoints declare, and what Coatcheck sets for them.
    #[must_use]
    pub fn is_carried(&self) -> bool {
        !self.is_reserved() || SET_BY_US.contains(&self.as_str())
    }

    /// Whether no endpoint may declare it: events have something else of this name, or Coatcheck sets it.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        RESERVED.contains(&self.as_str())
    }
}

fn is_sound(name: &str) -> bool {
    (1..=20).contains(&name.len())
        && name.starts_with(|first: char| first.is_ascii_lowercase())
        && name
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
}

impl fmt::Display for AttributeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl TryFrom<String> for AttributeName {
    type Error = AttributeProblem;

    fn try_from(name: String) -> Result<Self, AttributeProblem> {
        if is_sound(&name) {
            Ok(Self(Cow::Owned(name)))
        } else {
            Err(AttributeProblem::Name)
        }
    }
}

impl From<AttributeName> for String {
    fn from(name: AttributeName) -> Self {
        name.0.into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_that_of_an_extension() {
        for good in ["a", "customer", "plan2", "abcdefghij0123456789"] {
            assert_eq!(
                AttributeName::try_from(good.to_owned()).unwrap().as_str(),
                good
            );
        }
        for bad in [
            "",
            "2nd",
            "Customer",
            "customer_id",
            "customer-id",
            "ref ",
            "\u{e9}",
            "abcdefghij01234567890",
        ] {
            let refused = AttributeName::try_from(bad.to_owned());
            assert!(matches!(refused, Err(AttributeProblem::Name)), "{bad}");
        }
    }

    #[test]
    fn every_reserved_name_is_a_sound_one() {
        for name in RESERVED {
            let read = AttributeName::try_from(name.to_owned()).unwrap();
            assert!(read.is_reserved(), "{name}");
            assert_eq!(read, AttributeName::own(name));
        }
        let carried = ["customer", "schemacheck", "ref", "replayto"].map(|name| {
            let name = AttributeName::own(name);
            (name.is_reserved(), name.is_carried())
        });
        let expected = [(false, true), (true, true), (true, false), (true, false)];
        assert_eq!(carried, expected);
        assert_eq!(AttributeName::own("schemacheck").stored(), "x_schemacheck");
    }

    #[test]
    fn terraform_refuses_the_same_names() {
        let terraform = include_str!("../../../../terraform/variables_endpoints.tf");
        let list = format!("[\"{}\"]", RESERVED.join("\", \""));
        assert!(terraform.contains(&list), "{list}");
    }
}
