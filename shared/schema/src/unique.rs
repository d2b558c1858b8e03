//! Whether the items of an array differ: `uniqueItems`.
//!
//! The library compares items that have the same hash, and anyone can make such items: an array hashes as what it
//! holds, so `[[],1]` hashes as `[1,[]]`, and thousands of whole numbers hash as the one double that is nearest to
//! them. Each of them is then compared with each. Here the kind and the length of a value are hashed too, whole numbers
//! with all their digits, and the keys of the hash are random.

use std::{
    collections::HashSet,
    hash::{BuildHasher as _, Hash, Hasher, RandomState},
};

use jsonschema::json::cmp;
use serde_json::{Number, Value};

/// Whether no two of them are equal, as JSON Schema compares: `1` is `1.0`.
pub(crate) fn differ(items: &[Value]) -> bool {
    if items.len() < 2 {
        return true;
    }
    let keys = RandomState::new();
    let mut seen = HashSet::with_capacity(items.len());
    let mut items = items.iter();
    items.all(|value| seen.insert(Item { value, keys: &keys }))
}

#[derive(Clone, Copy)]
struct Item<'a> {
    value: &'a Value,
    keys: &'a RandomState,
}

impl PartialEq for Item<'_> {
    fn eq(&self, other: &Self) -> bool {
        cmp::equal(self.value, other.value)
    }
}

impl Eq for Item<'_> {}

impl Hash for Item<'_> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let of = |value| Self { value, ..*self };
        match self.value {
            Value::Null => 0_u8.hash(state),
            Value::Bool(value) => (1_u8, value).hash(state),
            Value::Number(number) => (2_u8, exact(number)).hash(state),
            Value::String(text) => (3_u8, text).hash(state),
            Value::Array(items) => {
                (4_u8, items.len()).hash(state);
                items.iter().for_each(|item| of(item).hash(state));
            }
            // Whatever order its members have.
            Value::Object(members) => {
                let members = members
                    .iter()
                    .map(|(name, value)| self.keys.hash_one((name, of(value))));
                (5_u8, members.fold(0, u64::wrapping_add)).hash(state);
            }
        }
    }
}

/// Equal for equal numbers, however they are written.
fn exact(number: &Number) -> (i128, u64) {
    if let Some(whole) = number.as_i128() {
        return (whole, 0);
    }
    let double = number.as_f64().unwrap_or_default();
    // Each whole number that another way of writing can have is below 2^64; the conversion is exact there.
    #[expect(
        clippy::cast_possible_truncation,
        reason = "whole, and below 2^64 in size"
    )]
    if double.fract() == 0.0 && double.abs() < 2_f64.powi(64) {
        return (double as i128, 0);
    }
    (0, double.to_bits())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn differ(text: &str) -> bool {
        let Value::Array(items) = serde_json::from_str(text).unwrap() else {
            panic!("{text}");
        };
        super::differ(&items)
    }

    #[test]
    fn what_is_equal_is_found_however_it_is_written() {
        for equal in [
            "[1,1.0]",
            "[0,-0.0]",
            "[-3,-3.0]",
            "[1e2,100]",
            "[9007199254740992,9007199254740992.0]",
            "[1e300,1e300]",
            r#"[{"a":1,"b":[2]},{"b":[2.0],"a":1.0}]"#,
            r#"["a","\u0061"]"#,
            "[null,null]",
            "[[],[]]",
        ] {
            assert!(!differ(equal), "{equal}");
        }
    }

    #[test]
    fn what_differs_differs() {
        for different in [
            "[]",
            r#"[1,"1",true,null,[1],{"a":1},0.1]"#,
            "[9007199254740992,9007199254740993]",
            "[18446744073709551615,18446744073709551614,1.8446744073709552e19]",
            r#"[{"a":1,"b":2},{"a":2,"b":1},{"a":1},{"b":2}]"#,
            "[[[],1],[1,[]],[[1]],[[],[],1]]",
        ] {
            assert!(differ(different), "{different}");
        }
    }

    /// Each pair of values with the same hash is a comparison, so there may be no such values by design.
    #[test]
    fn values_that_hold_the_same_hash_differently() {
        let keys = RandomState::new();
        let whole = (0..2_000).map(|n| json!(u64::MAX - n));
        let nested = (0..60).map(|depth| (0..depth).fold(json!([]), |inner, _| json!([inner])));
        let wide = (2..60).map(|length| json!(vec![json!([]); length]));
        let values: Vec<Value> = whole.chain(nested).chain(wide).collect();
        let hashes = values
            .iter()
            .map(|value| keys.hash_one(Item { value, keys: &keys }));
        assert_eq!(hashes.collect::<HashSet<_>>().len(), values.len());
    }
}
