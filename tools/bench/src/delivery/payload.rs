//! Bodies.

use std::fmt::Write as _;

/// What a body is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Content {
    /// As providers write it: nested objects of short strings, with text in it that is full of
    /// quotes, escapes and line ends.
    Json,
    /// Any bytes, most of them no UTF-8.
    Binary,
}

impl Content {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Json => "JSON",
            Self::Binary => "binary",
        }
    }

    pub(crate) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Binary => "application/octet-stream",
        }
    }

    /// A body of exactly this size (JSON: from 400 bytes on). The same each time.
    pub(crate) fn of_size(self, size: usize) -> Vec<u8> {
        match self {
            Self::Json => json(size),
            Self::Binary => binary(size),
        }
    }
}

fn json(size: usize) -> Vec<u8> {
    const END: &str = r#""}]}}}"#;
    let mut text = String::with_capacity(size + 600);
    text.push_str(
        r#"{"id":"evt_1PqLTw2eZvKYlo2C","object":"event","type":"invoice.paid","created":1795294797,"data":{"object":{"id":"in_1PqLTv2eZvKYlo2C","customer":"cus_QhJgfxQeFqbTtq","lines":["#,
    );
    let mut number = 0_u32;
    while text.len() + 500 + END.len() < size {
        let _ = write!(
            text,
            r#"{{"id":"il_{number:016x}","amount":{},"currency":"eur","description":"1 \u00d7 Plan \"Größe {number}\"\n(at €{}.50 / month)","discountable":true,"period":{{"start":{},"end":{}}},"price":{{"id":"price_{number:08x}","active":true,"nickname":null,"unit_amount_decimal":"{}.25"}},"note":"<p class=\"line\">\r\n\t<a href=\"https:\/\/example.org\/i\/{number}\">see<\/a><\/p>"}},"#,
            number * 37 % 100_000,
            number % 1000,
            1_700_000_000 + number,
            1_702_592_000 + number,
            number % 777,
        );
        number += 1;
    }
    text.push_str(r#"{"pad":""#);
    while text.len() + END.len() < size {
        text.push('.');
    }
    text.push_str(END);
    text.into_bytes()
}

/// Xorshift, which needs no crate: <https://www.jstatsoft.org/article/view/v008i14>
fn binary(size: usize) -> Vec<u8> {
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut bytes = Vec::with_capacity(size + 8);
    while bytes.len() < size {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        bytes.extend(state.to_le_bytes());
    }
    bytes.truncate(size);
    bytes
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::Content;

    #[test]
    fn json_is_sound_and_of_the_size_asked_for() {
        for size in [400, 1_000, 100_000, 1_000_001] {
            let bytes = Content::Json.of_size(size);
            assert_eq!(bytes.len(), size);
            let document: Value = serde_json::from_slice(&bytes).unwrap();
            assert_eq!(document["type"], "invoice.paid");
        }
        let bytes = Content::Json.of_size(100_000);
        let escapes = bytes.iter().filter(|byte| **byte == b'\\').count();
        assert!(escapes > 2_000, "only {escapes} escapes");
    }

    #[test]
    fn binary_is_no_text_and_has_all_bytes() {
        let bytes = Content::Binary.of_size(100_001);
        assert_eq!(bytes.len(), 100_001);
        assert!(std::str::from_utf8(&bytes).is_err());
        let mut seen = bytes;
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 256);
    }
}
