use signature::{Proof, Scheme, TimestampFrom, TimestampUnit, Verifier};

use super::first;

/// Whether a captured delivery can be sent again, and for how long.
pub(crate) fn replay(verifier: &Verifier) -> String {
    match verifier.window() {
        Some(window) if verifier.replay_protected() => format!("yes, {} s", window.max_age_s),
        Some(_) => "no: its timestamp is not signed".to_owned(),
        None => "no".to_owned(),
    }
}

/// Where the timestamp stands, and how it is written.
pub(crate) fn clock(scheme: &Scheme) -> String {
    const MS: &str = "Unix milliseconds, exactly 13 digits";
    const S: &str = "Unix seconds, exactly 10 digits";
    match &scheme.proof {
        Proof::Signed(signed) => {
            let Some(spec) = &signed.timestamp else {
                return "nowhere".to_owned();
            };
            let place = match &spec.from {
                TimestampFrom::Header(names) => format!("in the header `{}`", first(names)),
                TimestampFrom::Param(name) => format!("at `{name}` in the signature header"),
                TimestampFrom::Json(pointer) => format!("at `{pointer}` in the body"),
            };
            let unit = match spec.unit {
                TimestampUnit::S => S,
                TimestampUnit::Ms => MS,
                TimestampUnit::Rfc3339 => "RFC 3339 with seconds and offset, T and Z capital",
            };
            format!("{place}: {unit}")
        }
        Proof::Message(_) => "at `created` in `signature-input`: Unix seconds".to_owned(),
        Proof::Plaid => "at `iat` in the token: Unix seconds".to_owned(),
        Proof::Contentful => format!("in the header `x-contentful-timestamp`: {MS}"),
        Proof::Mailgun => format!("at `/signature/timestamp` in the body: {S}"),
        Proof::Token(_) | Proof::Basic | Proof::Twilio | Proof::Adyen => "nowhere".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scheme::preset;

    #[test]
    fn a_timestamp_is_told_by_place_and_unit() {
        assert_eq!(
            clock(&preset("linear").unwrap()),
            "at `/webhookTimestamp` in the body: Unix milliseconds, exactly 13 digits"
        );
    }
}
