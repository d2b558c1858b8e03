use std::fmt;

use crate::{AttributeName, EndpointName};

/// An index of the `events` table by the value of an attribute. A stack has as many as the endpoint with the most
/// indexed attributes has of these. Their range key is `received_at`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FindIndex(u8);

impl FindIndex {
    /// Those that a stack can have.
    pub const ALL: [Self; 3] = [Self(1), Self(2), Self(3)];

    /// Its name in the table.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self.0 {
            1 => "by-attribute-1",
            2 => "by-attribute-2",
            _ => "by-attribute-3",
        }
    }

    /// The attribute of a pointer that is its hash key. A pointer without it is not in the index.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self.0 {
            1 => "find_1",
            2 => "find_2",
            _ => "find_3",
        }
    }
}

/// `{endpoint}#{attribute}={value}`, for instance `stripe#customer=cus_1`: the hash key of a [`FindIndex`]. Neither the
/// name of an endpoint nor that of an attribute contains `#` or `=`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct FindKey(String);

impl FindKey {
    /// Of the events of this endpoint whose attribute has this value.
    #[must_use]
    pub fn new(endpoint: &EndpointName, name: &AttributeName, value: &str) -> Self {
        Self(format!("{endpoint}#{name}={value}"))
    }

    /// As it is stored.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FindKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_names_the_endpoint_the_attribute_and_the_value() {
        let stripe = EndpointName::try_from("stripe".to_owned()).unwrap();
        let key = FindKey::new(&stripe, &AttributeName::own("customer"), "a=b#c");
        assert_eq!(key.to_string(), "stripe#customer=a=b#c");
    }

    #[test]
    fn each_index_has_its_own_name_and_key() {
        let names = FindIndex::ALL.map(|index| (index.name(), index.key()));
        assert_eq!(
            names,
            [
                ("by-attribute-1", "find_1"),
                ("by-attribute-2", "find_2"),
                ("by-attribute-3", "find_3"),
            ]
        );
    }
}
