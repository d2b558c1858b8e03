use std::borrow::Cow;

use base64_simd::URL_SAFE_NO_PAD;
use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

/// Escaped in a metadata value: anything but printable ASCII, and the escape itself.
const ESCAPED: &AsciiSet = &CONTROLS.add(b'%');

/// The start of a value in base64url. No percent-encoding begins with it.
const BASE64: &str = "%=";

/// Space is kept inside a value but not at its ends, which HTTP trims.
pub(crate) fn escape(value: &str) -> String {
    let percent = percent_encode(value);
    let base64_length = BASE64.len() + URL_SAFE_NO_PAD.encoded_length(value.len());
    if percent.len() <= base64_length {
        return percent;
    }
    format!("{BASE64}{}", URL_SAFE_NO_PAD.encode_to_string(value))
}

fn percent_encode(value: &str) -> String {
    let text = utf8_percent_encode(value, ESCAPED).to_string();
    let (from_start, inner) = (text.trim_start_matches(' '), text.trim_matches(' '));
    let before = text.len() - from_start.len();
    let after = from_start.len() - inner.len();
    format!("{}{inner}{}", "%20".repeat(before), "%20".repeat(after))
}

pub(crate) fn unescape(value: &str) -> Option<Cow<'_, str>> {
    if let Some(base64) = value.strip_prefix(BASE64) {
        let bytes = URL_SAFE_NO_PAD.decode_to_vec(base64).ok()?;
        return String::from_utf8(bytes).ok().map(Cow::Owned);
    }
    percent_decode_str(value).decode_utf8().ok()
}
