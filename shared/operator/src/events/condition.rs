use std::{fmt, str::FromStr};

use domain::AttributeName;

use crate::Problem;

/// What an attribute of an event must be. Its text is `customer=cus_1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The attribute's name.
    pub name: AttributeName,
    /// The whole value.
    pub value: String,
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}={}", self.name, self.value)
    }
}

impl FromStr for Condition {
    type Err = Problem;

    /// The value is everything after the first `=`. No stored value is empty.
    fn from_str(text: &str) -> Result<Self, Problem> {
        let read = || {
            let (name, value) = text.split_once('=')?;
            let name = AttributeName::try_from(name.to_owned()).ok()?;
            let value = Some(value.to_owned()).filter(|value| !value.is_empty())?;
            Some(Self { name, value })
        };
        read().ok_or_else(|| {
            let text = "say an attribute and its whole value, as in customer=cus_1";
            Problem::Refused(text.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_begins_after_the_first_sign() {
        for (text, name, value) in [
            ("customer=cus_1", "customer", "cus_1"),
            ("q=a=b", "q", "a=b"),
            ("plan2= free ", "plan2", " free "),
        ] {
            let condition: Condition = text.parse().unwrap();
            assert_eq!((condition.name.as_str(), &*condition.value), (name, value));
            assert_eq!(condition.to_string(), text);
        }
        for text in [
            "",
            "customer",
            "customer=",
            "=a",
            "Customer=a",
            "1a=b",
            "a b=c",
        ] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }
}
