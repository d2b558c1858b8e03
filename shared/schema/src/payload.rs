use std::{cell::Cell, fmt};

use domain::Mismatch;
use serde::{
    Deserializer,
    de::{DeserializeSeed, Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

use crate::bounds::{NAME_BYTES, PAYLOAD_BYTES, PAYLOAD_DEPTH, PAYLOAD_VALUES};

/// Reads a payload as far as the bounds allow. A member that is there twice makes it unreadable:
/// its reader may see the other value.
///
/// # Errors
/// [`Mismatch::NotJson`] and [`Mismatch::Limit`].
pub(crate) fn read(payload: &[u8]) -> Result<Value, Mismatch> {
    if payload.len() > PAYLOAD_BYTES {
        return Err(Mismatch::Limit("bytes"));
    }
    let (left, over) = (Cell::new(PAYLOAD_VALUES), Cell::new(None));
    let reader = Reader {
        left: &left,
        over: &over,
        depth: 0,
    };
    let mut json = serde_json::Deserializer::from_slice(payload);
    let read = reader.deserialize(&mut json);
    let read = read.and_then(|value| json.end().map(|()| value));
    read.map_err(|_| over.get().map_or(Mismatch::NotJson, Mismatch::Limit))
}

/// Reads one value, with those in it.
#[derive(Clone, Copy)]
struct Reader<'c> {
    /// How many values may still come.
    left: &'c Cell<usize>,
    /// The bound that was passed.
    over: &'c Cell<Option<&'static str>>,
    depth: usize,
}

impl Reader<'_> {
    fn fail<E: Error>(self, bound: &'static str) -> E {
        self.over.set(Some(bound));
        E::custom(bound)
    }

    fn inner<E: Error>(self) -> Result<Self, E> {
        let depth = self.depth + 1;
        if depth > PAYLOAD_DEPTH {
            return Err(self.fail("depth"));
        }
        Ok(Self { depth, ..self })
    }
}

impl<'de> DeserializeSeed<'de> for Reader<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, json: D) -> Result<Value, D::Error> {
        let left = self.left.get().checked_sub(1);
        self.left.set(left.ok_or_else(|| self.fail("values"))?);
        json.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Reader<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        let number = Number::from_f64(value).ok_or_else(|| self.fail("number"))?;
        Ok(Value::Number(number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut read = Vec::new();
        while let Some(item) = items.next_element_seed(inner)? {
            read.push(item);
        }
        Ok(Value::Array(read))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let inner = self.inner()?;
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if name.len() > NAME_BYTES {
                return Err(self.fail("names"));
            }
            let value = members.next_value_seed(inner)?;
            if read.insert(name, value).is_some() {
                return Err(self.fail("members"));
            }
        }
        Ok(Value::Object(read))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limit(payload: &str) -> Mismatch {
        read(payload.as_bytes()).unwrap_err()
    }

    #[test]
    fn reads_what_serde_json_reads() {
        for json in [
            "null",
            "true",
            "-1",
            "18446744073709551615",
            "1.5",
            "-0",
            "1e2",
            r#""a\u00e9\n""#,
            "[]",
            "{}",
            r#"{"a":[1,{"b":null},"c"],"":{"a":false}} "#,
        ] {
            let expected: Value = serde_json::from_str(json).unwrap();
            assert_eq!(read(json.as_bytes()).unwrap(), expected, "{json}");
        }
    }

    #[test]
    fn what_is_not_json_is_unreadable() {
        for text in ["", "a=b", "{", "[1]x", "{\"a\":1,}", "1e400", "\u{feff}{}"] {
            assert_eq!(limit(text), Mismatch::NotJson, "{text}");
        }
        assert_eq!(read(b"\"\xff\"").unwrap_err(), Mismatch::NotJson);
    }

    #[test]
    fn each_bound_is_named() {
        let nested = |depth: usize| "[".repeat(depth) + &"]".repeat(depth);
        assert!(read(nested(PAYLOAD_DEPTH).as_bytes()).is_ok());
        assert_eq!(limit(&nested(PAYLOAD_DEPTH + 1)), Mismatch::Limit("depth"));
        assert_eq!(limit(&nested(500_000)), Mismatch::Limit("depth"));
        let many = |count: usize| format!("[{}]", vec!["1"; count].join(","));
        assert!(read(many(PAYLOAD_VALUES - 1).as_bytes()).is_ok());
        assert_eq!(limit(&many(PAYLOAD_VALUES)), Mismatch::Limit("values"));
        let long = |bytes: usize| format!("\"{}\"", "a".repeat(bytes - 2));
        assert!(read(long(PAYLOAD_BYTES).as_bytes()).is_ok());
        assert_eq!(limit(&long(PAYLOAD_BYTES + 1)), Mismatch::Limit("bytes"));
        assert_eq!(
            limit(r#"{"a":{"b":1,"c":2,"b":1}}"#),
            Mismatch::Limit("members")
        );
    }
}
