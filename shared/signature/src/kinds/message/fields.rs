//! Structured fields (RFC 8941) of a request.

use domain::Headers;
use sfv::{BareItem, Dictionary, Item, ListEntry, Parser};

use crate::{Rejection, content::single, hash::BodyDigest};

pub(super) const INPUT: &str = "signature-input";
pub(super) const SIGNATURE: &str = "signature";
pub(super) const DIGEST: &str = "content-digest";

/// The digests that the body must have: all that are of a known kind, at least one.
pub(super) fn digests(headers: &Headers) -> Result<Vec<BodyDigest>, Rejection> {
    let mut digests = Vec::new();
    for (name, value) in &dictionary(headers, DIGEST)? {
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
