use std::{fmt, str::FromStr};

use crate::Problem;

/// What an attribute of an event must be. Its text is `customer=cus_1`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Condition {
    /// The attribute's name.
    pub name: String,
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
        let is_name = |name: &str| {
            let mut bytes = name.bytes();
            bytes.next().is_some_and(|first| first.is_ascii_lowercase())
                && bytes.all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        };
        match text.split_once('=') {
            Some((name, value)) if is_name(name) && !value.is_empty() => Ok(Self {
                name: name.to_owned(),
                value: value.to_owned(),
            }),
            _ => Err(Problem::Refused(
                "say an attribute and its whole value, as in customer=cus_1".to_owned(),
            )),
        }
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
            assert_eq!((&*condition.name, &*condition.value), (name, value));
            assert_eq!(condition.to_string(), text);
        }
        for text in ["", "customer", "customer=", "=a", "Customer=a", "1a=b", "a b=c"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }
}
