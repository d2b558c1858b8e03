//! What an HTTP message signature has to cover.

use super::{check_key, check_window, names::check_header};
use crate::{MessageScheme, SchemeError};

const FIELD: &str = "components";
const DERIVED: [&str; 7] = [
    "@method",
    "@target-uri",
    "@authority",
    "@scheme",
    "@request-target",
    "@path",
    "@query",
];

pub(crate) fn check_message(scheme: &MessageScheme) -> Result<(), SchemeError> {
    check_key(&scheme.key, scheme.algorithm.algorithm())?;
    let is_label = |label: &String| {
        label.starts_with(|c: char| c.is_ascii_lowercase() || c == '*')
            && label.bytes().all(|b| {
                b.is_ascii_lowercase()
                    || b.is_ascii_digit()
                    || matches!(b, b'_' | b'-' | b'.' | b'*')
            })
    };
    if scheme.label.as_ref().is_some_and(|label| !is_label(label)) {
        return Err(SchemeError::rule(
            "label",
            "not a key of a structured field",
            "write it as in Signature-Input, for instance sig1",
        ));
    }
    let is_tag = |tag: &String| !tag.is_empty() && tag.bytes().all(|b| (0x20..0x7f).contains(&b));
    if scheme.tag.as_ref().is_some_and(|tag| !is_tag(tag)) {
        return Err(SchemeError::rule(
            "tag",
            "empty, or not printable ASCII",
            "write it as in Signature-Input, or leave it out",
        ));
    }
    for (at, name) in scheme.components.iter().enumerate() {
        if !DERIVED.contains(&name.as_str()) {
            check_header(FIELD, name)?;
        }
        if ["signature", "signature-input"].contains(&name.as_str())
            || scheme
                .components
                .iter()
                .take(at)
                .any(|before| before == name)
        {
            return Err(SchemeError::rule(
                FIELD,
                format!("{name:?} is named twice or holds the signature"),
                "name each component once",
            ));
        }
    }
    if !scheme
        .components
        .iter()
        .any(|name| name == "content-digest")
    {
        return Err(SchemeError::rule(
            FIELD,
            "without content-digest nothing binds the body",
            "add content-digest",
        ));
    }
    check_window("max_age_s", scheme.max_age_s)?;
    check_window("max_future_s", scheme.max_future_s)
}
