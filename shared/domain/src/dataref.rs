use std::{borrow::Cow, collections::HashMap, fmt};

use crate::ObjectKey;

/// Where a payload is: what an event says in its attribute `dataref`.
///
/// `s3://{bucket}/{key}` names an object. A small payload of an endpoint with `inline_max_bytes` has no object: its `dataref`
/// is a `data:` URI (RFC 2397) that holds its exact bytes, in base64.
#[derive(Clone, PartialEq, Eq)]
pub enum DataRef {
    /// In an object.
    Object {
        /// The bucket.
        bucket: String,
        /// The object. In a URI it is unchanged: nothing in it is percent-encoded.
        key: ObjectKey,
    },
    /// Here: the exact bytes.
    Inline(Vec<u8>),
}

/// Of a URI that names an object.
const S3: &str = "s3://";

/// Of a URI that holds the bytes.
const DATA: &str = "data:";

/// Of those that we write. What they are, `datacontenttype` says: a media type here would have to be escaped, would be
/// there twice, and each byte counts towards the next unit of the pointer's write.
const INLINE: &str = "data:;base64,";

/// What of a `data:` URI comes before the bytes, at its end.
const BASE64: &str = ";base64";

/// The attribute of a pointer's item, and of an event.
const NAME: &str = "dataref";

impl DataRef {
    /// Reads an event's `dataref`; `None` if it is neither an object nor a `data:` URI in base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some((bucket, key)) = place(text) {
            return Some(Self::Object {
                bucket: bucket.to_owned(),
                key: ObjectKey::from_stored(key.to_owned()),
            });
        }
        let (kind, bytes) = text.strip_prefix(DATA)?.split_once(',')?;
        kind.strip_suffix(BASE64)?;
        let bytes = base64_simd::STANDARD.decode_to_vec(bytes);
        bytes.ok().map(Self::Inline)
    }

    /// That of a pointer's item.
    ///
    /// # Errors
    /// The name of the attribute, if the item lacks it or it cannot be read.
    pub fn of_image(image: &HashMap<String, String>) -> Result<Self, &'static str> {
        let text = Self::text_of(|name| image.get(name).map(String::as_str))?;
        Self::parse(&text).ok_or(NAME)
    }

    /// The same as text, whose attributes `of` reads.
    pub(crate) fn text_of<'i>(
        of: impl Fn(&str) -> Option<&'i str>,
    ) -> Result<Cow<'i, str>, &'static str> {
        match (of(NAME), before(of)) {
            (Some(text), _) => Ok(text.into()),
            (None, Some((bucket, key))) => Ok(format!("{S3}{bucket}/{key}").into()),
            (None, None) => Err(NAME),
        }
    }

    /// Bucket and key of the object that a pointer's item names, whose attributes `of` reads; `None` if the pointer holds the
    /// payload itself.
    ///
    /// # Errors
    /// As of [`of_image`](Self::of_image).
    pub fn object_of<'i>(
        of: impl Fn(&str) -> Option<&'i str>,
    ) -> Result<Option<(&'i str, &'i str)>, &'static str> {
        match of(NAME) {
            Some(text) if text.starts_with(DATA) => Ok(None),
            Some(text) => place(text).map(Some).ok_or(NAME),
            None => before(of).map(Some).ok_or(NAME),
        }
    }

    /// The object that holds the payload, if one does.
    #[must_use]
    pub fn object(&self) -> Option<&ObjectKey> {
        match self {
            Self::Object { key, .. } => Some(key),
            Self::Inline(_) => None,
        }
    }
}

/// Bucket and key of a URI that names an object.
fn place(text: &str) -> Option<(&str, &str)> {
    let (bucket, key) = text.strip_prefix(S3)?.split_once('/')?;
    (!bucket.is_empty() && !key.is_empty()).then_some((bucket, key))
}

/// Bucket and key of a pointer from before payloads could be inline: two attributes, and no `dataref`.
fn before<'i>(of: impl Fn(&str) -> Option<&'i str>) -> Option<(&'i str, &'i str)> {
    Some((of("bucket")?, of("key")?))
}

impl fmt::Display for DataRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { bucket, key } => write!(f, "{S3}{bucket}/{}", key.as_str()),
            Self::Inline(bytes) => {
                write!(
                    f,
                    "{INLINE}{}",
                    base64_simd::STANDARD.encode_to_string(bytes)
                )
            }
        }
    }
}

/// Shows no byte of a payload.
impl fmt::Debug for DataRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Object { .. } => write!(f, "DataRef({self})"),
            Self::Inline(bytes) => write!(f, "DataRef({} bytes)", bytes.len()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object() -> DataRef {
        DataRef::Object {
            bucket: "bucket".to_owned(),
            key: ObjectKey::from_stored("payloads/a/2026-11-21T20/stripe/x%2Fy z".to_owned()),
        }
    }

    #[test]
    fn an_object_is_named_as_ever() {
        let text = "s3://bucket/payloads/a/2026-11-21T20/stripe/x%2Fy z";
        assert_eq!(object().to_string(), text);
        assert_eq!(DataRef::parse(text), Some(object()));
    }

    /// The bytes and texts of RFC 4648, section 10.
    #[test]
    fn bytes_are_a_data_uri_that_needs_nothing_else() {
        for (bytes, base64) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foobar", "Zm9vYmFy"),
        ] {
            let inline = DataRef::Inline(bytes.into());
            let text = format!("data:;base64,{base64}");
            assert_eq!(inline.to_string(), text);
            assert_eq!(DataRef::parse(&text), Some(inline));
        }
        let every: Vec<u8> = (0..=255).collect();
        let inline = DataRef::Inline(every.clone());
        assert_eq!(DataRef::parse(&inline.to_string()), Some(inline));
        for other in [
            "data:text/plain;charset=utf-8;base64,Zg==",
            "data:application/octet-stream;base64,Zg==",
        ] {
            assert_eq!(DataRef::parse(other), Some(DataRef::Inline(b"f".into())));
        }
    }

    #[test]
    fn what_is_neither_is_refused() {
        for bad in [
            "",
            "s3://",
            "s3://bucket",
            "s3://bucket/",
            "s3:///key",
            "https://bucket/key",
            "data:",
            "data:text/plain,plain",
            "data:;base64",
            "data:;base64,Zg",
            "data:;base64,Zg==/",
            "data:;base64,Z-==",
            "data:;base64,Zh==",
        ] {
            assert_eq!(DataRef::parse(bad), None, "{bad}");
        }
    }

    fn image(attributes: &[(&str, &str)]) -> HashMap<String, String> {
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        attributes.iter().map(owned).collect()
    }

    fn object_of(image: &HashMap<String, String>) -> Result<Option<(&str, &str)>, &'static str> {
        DataRef::object_of(|name| image.get(name).map(String::as_str))
    }

    #[test]
    fn a_pointers_item_has_it_as_an_event_does() {
        let named = image(&[("dataref", &object().to_string())]);
        assert_eq!(DataRef::of_image(&named), Ok(object()));
        let key = "payloads/a/2026-11-21T20/stripe/x%2Fy z";
        assert_eq!(object_of(&named), Ok(Some(("bucket", key))));
        let inline = DataRef::Inline(b"foobar".into());
        let holds = image(&[("dataref", &inline.to_string())]);
        assert_eq!(DataRef::of_image(&holds), Ok(inline));
        assert_eq!(object_of(&holds), Ok(None));
    }

    #[test]
    fn a_pointer_from_before_has_two_attributes() {
        let old = image(&[("bucket", "b"), ("key", "k/l")]);
        assert_eq!(DataRef::of_image(&old).unwrap().to_string(), "s3://b/k/l");
        assert_eq!(object_of(&old), Ok(Some(("b", "k/l"))));
        let both = image(&[("bucket", "b"), ("key", "k"), ("dataref", "s3://c/l")]);
        assert_eq!(
            DataRef::of_image(&both),
            Ok(DataRef::parse("s3://c/l").unwrap())
        );
        assert_eq!(object_of(&both), Ok(Some(("c", "l"))));
    }

    #[test]
    fn what_an_item_lacks_is_never_guessed() {
        for bad in [
            &[][..],
            &[("bucket", "b")],
            &[("key", "k")],
            &[("dataref", "")],
            &[("dataref", "s3:///"), ("bucket", "b"), ("key", "k")],
        ] {
            let bad = image(bad);
            assert_eq!(DataRef::of_image(&bad), Err("dataref"), "{bad:?}");
            assert_eq!(object_of(&bad), Err("dataref"), "{bad:?}");
        }
    }

    #[test]
    fn nothing_shows_the_bytes() {
        let shown = format!("{:?}", DataRef::Inline(b"foobar".into()));
        assert_eq!(shown, "DataRef(6 bytes)");
    }
}
