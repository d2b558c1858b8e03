//! What a sender writes.

use domain::Headers;
use sfv::{Dictionary, FieldType, InnerList, Item, Key as SfKey, ListEntry, String as SfString};

use super::{
    base::HttpMessage,
    fields::{INPUT, SIGNATURE},
};
use crate::Rejection;

/// The value of `Content-Digest` that a sender writes.
pub(super) fn digest_header(sha256: &[u8]) -> Option<String> {
    let item = Item::new(sha256.to_vec());
    let mut digests = Dictionary::new();
    digests.insert(
        SfKey::from_string("sha-256".to_owned()).ok()?,
        ListEntry::Item(item),
    );
    digests.serialize()
}

type Written = Option<[(String, String); 2]>;

/// What a sender signs and how it writes it: the base, and then the two headers of
/// a signature made over it.
pub(super) fn signature_headers(
    message: &HttpMessage,
    headers: &Headers,
    created: i64,
    key_id: &str,
) -> Result<(String, impl FnOnce(&[u8]) -> Written), Rejection> {
    let malformed = |_| Rejection::SignatureMalformed;
    let mut input = InnerList::new(Vec::new());
    for name in &message.components {
        let name = SfString::from_string(name.clone()).map_err(malformed)?;
        input.items.push(Item::new(name));
    }
    let key =
        |name: &str| SfKey::from_string(name.to_owned()).map_err(|_| Rejection::SignatureMalformed);
    let seconds = sfv::Integer::try_from(created).map_err(|_| Rejection::TimestampMalformed)?;
    input.params.insert(key("created")?, seconds.into());
    let key_id = SfString::from_string(key_id.to_owned()).map_err(malformed)?;
    input.params.insert(key("keyid")?, key_id.into());
    if let Some(tag) = &message.tag {
        let tag = SfString::from_string(tag.clone()).map_err(malformed)?;
        input.params.insert(key("tag")?, tag.into());
    }
    let names: Vec<&str> = message.components.iter().map(String::as_str).collect();
    let base = message.base(headers, &names, &input)?;
    let label = key(message.label.as_deref().unwrap_or("sig1"))?;
    Ok((base, move |signature: &[u8]| {
        let mut inputs = Dictionary::new();
        inputs.insert(label.clone(), ListEntry::InnerList(input));
        let mut signatures = Dictionary::new();
        signatures.insert(label, ListEntry::Item(Item::new(signature.to_vec())));
        Some([
            (INPUT.to_owned(), inputs.serialize()?),
            (SIGNATURE.to_owned(), signatures.serialize()?),
        ])
    }))
}
