use std::fmt::Write;

/// A sound JSON event of exactly `size` bytes (at least 256), as providers write
/// them: nested objects, many quotes and escapes, text beyond ASCII, and numbers
/// that a parser which goes through `f64` would change. Top-level `id` and `type`
/// are as given. The same arguments give the same bytes.
#[must_use]
pub fn json(id: &str, kind: &str, size: usize) -> Vec<u8> {
    let mut text = format!(
        r#"{{"id":{},"type":{},"data":{{"items":["#,
        quoted(id),
        quoted(kind)
    );
    const CLOSE: &str = "]}}";
    // A record is shorter than this whatever its number.
    while text.len() + 480 + CLOSE.len() < size {
        let number = text.len();
        let comma = if text.ends_with('[') { "" } else { "," };
        let _ = write!(
            text,
            r#"{comma}{{"sku":"A-{number}","title":"12\" \"wide\" r\u00e9sum\u00e9 — Größe \ud83d\ude00 😀","path":"C:\\in\\x.json","note":"one\ntwo\ttab\r\n \/","amounts":[-0,1e400,0.1,12345678901234567890,{number}.50],"tags":["b\u0026c",null,true],"inner":"{{\"k\":\"v\",\"n\":[1,2,3]}}"}}"#
        );
    }
    text.push(']');
    text.extend(std::iter::repeat_n(
        ' ',
        size.saturating_sub(text.len() + 2),
    ));
    text.push_str("}}");
    text.into_bytes()
}

fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// `size` bytes of every value, looking random and always the same for a seed.
#[must_use]
pub fn binary(seed: u64, size: usize) -> Vec<u8> {
    // splitmix64: well spread, and no dependency for it.
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        bytes.extend_from_slice(&next().to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use serde_json::value::RawValue;

    use super::*;

    #[test]
    fn json_is_sound_and_of_the_size_asked_for() {
        for size in [256, 1_000, 100_000, 4_400_000] {
            let bytes = json("evt \"1\"", "big.event", size);
            assert_eq!(bytes.len(), size);
            // Raw: 1e400 is sound JSON and no `f64`.
            let value: BTreeMap<&str, &RawValue> = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(value["id"].get(), r#""evt \"1\"""#);
            assert_eq!(value["type"].get(), r#""big.event""#);
        }
    }

    #[test]
    fn binary_is_no_text_and_repeats() {
        let bytes = binary(7, 10_001);
        assert_eq!(bytes.len(), 10_001);
        assert!(std::str::from_utf8(&bytes).is_err());
        assert_eq!(bytes, binary(7, 10_001));
        assert_ne!(bytes, binary(8, 10_001));
    }
}
