//! Where a value stands in a JSON text, so that it can be exchanged and all else stay
//! byte for byte.

use std::{collections::HashMap, ops::Range};

use domain::Location;
use serde_json::value::RawValue;

/// The range of the scalar at a JSON pointer; none if the text is no JSON or there is none.
pub(crate) fn scalar(text: &str, pointer: &str) -> Option<Range<usize>> {
    let mut value: &RawValue = serde_json::from_str(text).ok()?;
    for token in pointer.strip_prefix('/')?.split('/') {
        let token = token.replace("~1", "/").replace("~0", "~");
        value = match value.get().as_bytes().first()? {
            b'{' => serde_json::from_str::<HashMap<String, &RawValue>>(value.get())
                .ok()?
                .remove(&token)?,
            b'[' => {
                let index: usize = token.parse().ok()?;
                let items: Vec<&RawValue> = serde_json::from_str(value.get()).ok()?;
                items.into_iter().nth(index)?
            }
            _ => return None,
        };
    }
    let found = value.get();
    let start = (found.as_ptr() as usize).checked_sub(text.as_ptr() as usize)?;
    let is_scalar = !found.starts_with(['{', '[', 'n']);
    is_scalar.then_some(start..start + found.len())
}

/// The places of a location, each of which can hold the fact alone; lists that join
/// several hold it together.
pub(crate) fn alternatives(location: &Location) -> &[Location] {
    match location {
        Location::First(parts) => parts,
        other => std::slice::from_ref(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_a_scalar_and_nothing_else() {
        let text = r#" {"a~/b": [ 1, {"c":"x\"y" } ], "d": null, "e" : true}"#;
        let found = |pointer| scalar(text, pointer).map(|range| &text[range]);
        assert_eq!(found("/a~0~1b/0"), Some("1"));
        assert_eq!(found("/a~0~1b/1/c"), Some(r#""x\"y""#));
        assert_eq!(found("/e"), Some("true"));
        for none in [
            "/a~0~1b",
            "/a~0~1b/1",
            "/a~0~1b/2",
            "/a~0~1b/x",
            "/d",
            "/f",
            "/e/x",
            "",
        ] {
            assert_eq!(found(none), None, "{none}");
        }
        assert_eq!(scalar("no json", "/a"), None);
    }
}
