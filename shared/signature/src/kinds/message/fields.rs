//! Structured fields (RFC 8941) of a request.

use std::borrow::Cow;

use domain::Headers;
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

use crate::{Rejection, content::single, hash::BodyDigest};

pub(super) const INPUT: &str = "signature-input";
pub(super) const SIGNATURE: &str = "signature";
pub(super) const DIGEST: &str = "content-digest";

/// The digests that the body must have: all that are of a known kind, at least one.
pub(super) fn digests(headers: &Headers) -> Result<Vec<BodyDigest>, Rejection> {
    let mut digests = Vec::new();
    for (name, value) in &binary(headers, DIGEST)? {
        match name.as_str() {
            "sha-256" => digests.push(BodyDigest::Sha256(bytes(Some(value))?)),
            "sha-512" => digests.push(BodyDigest::Sha512(bytes(Some(value))?)),
            _ => {}
        }
    }
    if digests.is_empty() {
        Err(Rejection::SignatureMalformed)
    } else {
        Ok(digests)
    }
}

pub(super) fn dictionary(headers: &Headers, name: &str) -> Result<Dictionary, Rejection> {
    let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
    Parser::new(value)
        .parse()
        .map_err(|_| Rejection::SignatureMalformed)
}

/// A dictionary of byte sequences, in either alphabet of base64.
pub(super) fn binary(headers: &Headers, name: &str) -> Result<Dictionary, Rejection> {
    let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
    Parser::new(standard(value).as_ref())
        .parse()
        .map_err(|_| Rejection::SignatureMalformed)
}

/// The same with every byte sequence in the alphabet that RFC 8941 knows. The profile of `AdCP` writes
/// the other one, of base64url, and a text that mixes both is valid in neither.
/// <https://adcontextprotocol.org/docs/building/by-layer/L1/security#webhook-callbacks>
fn standard(value: &str) -> Cow<'_, str> {
    if !value.contains(['-', '_']) {
        return Cow::Borrowed(value);
    }
    let mut text = String::with_capacity(value.len());
    // Every other part is between two colons. A text in quotes may hold colons as well, but no
    // dictionary of byte sequences has one where it matters: what is made of it cannot be parsed.
    for (at, part) in value.split(':').enumerate() {
        if at > 0 {
            text.push(':');
        }
        let is_bytes = at % 2 == 1;
        if is_bytes && !part.contains(['+', '/']) {
            text.extend(part.chars().map(|character| match character {
                '-' => '+',
                '_' => '/',
                other => other,
            }));
        } else {
            text.push_str(part);
        }
    }
    Cow::Owned(text)
}

pub(super) fn bytes(entry: Option<&ListEntry>) -> Result<Vec<u8>, Rejection> {
    match entry {
        Some(ListEntry::Item(Item {
            bare_item: BareItem::ByteSequence(bytes),
            ..
        })) => Ok(bytes.clone()),
        Some(_) => Err(Rejection::SignatureMalformed),
        None => Err(Rejection::SignatureMissing),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_may_be_in_either_alphabet_and_never_in_both() {
        for (written, expected) in [
            ("sig-1_a=:-_8:", "sig-1_a=:+/8:"),
            ("a-b=:+/8=:, c_d=:-_8:", "a-b=:+/8=:, c_d=:+/8:"),
            ("a=:+_8:", "a=:+_8:"),
            ("a=:AAAA:;x-y=1", "a=:AAAA:;x-y=1"),
            ("a=:-_8", "a=:+/8"),
            ("a-b", "a-b"),
        ] {
            assert_eq!(standard(written), expected, "{written}");
        }
        let of = |value: &str| {
            let headers = Headers::from_pairs([("signature", value)]);
            bytes(binary(&headers, "signature")?.get("a-b"))
        };
        let both = [0xfb, 0xff];
        assert_eq!(of("a-b=:-_8:"), Ok(both.to_vec()));
        assert_eq!(of("a-b=:+/8=:"), Ok(both.to_vec()));
        assert_eq!(of("a-b=:+_8=:"), Err(Rejection::SignatureMalformed));
        assert_eq!(of("a-b=:-_8"), Err(Rejection::SignatureMalformed));
    }
}
