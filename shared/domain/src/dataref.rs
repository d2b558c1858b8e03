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

/// Between the bucket and the key of such a URI.
const SLASH: &str = "/";

/// Of a URI that holds the bytes. What they are, `datacontenttype` says: a media type here would have to be escaped, and
/// would be there twice.
const INLINE: &str = "data:application/octet-stream;base64,";

/// What of a `data:` URI comes before the bytes, at its end.
const BASE64: &str = ";base64";

/// The four attributes of a pointer that make its `dataref`, one after the other. Pipes' templates have no conditions, so they
/// put these four together, and the parts that a payload does not need are empty.
#[derive(Clone, PartialEq, Eq)]
pub struct DataRefParts<'a> {
    /// `s3://`, or a whole `data:` URI.
    pub data: Cow<'a, str>,
    /// The bucket.
    pub bucket: &'a str,
    /// `/`.
    pub slash: &'static str,
    /// The key.
    pub key: &'a str,
}

impl DataRef {
    /// Reads an event's `dataref`; `None` if it is neither an object nor a `data:` URI in base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        if let Some(place) = text.strip_prefix(S3) {
            let (bucket, key) = place.split_once(SLASH)?;
            return (!bucket.is_empty() && !key.is_empty()).then(|| Self::Object {
                bucket: bucket.to_owned(),
                key: ObjectKey::from_stored(key.to_owned()),
            });
        }
        let (kind, bytes) = text.strip_prefix("data:")?.split_once(',')?;
        kind.strip_suffix(BASE64)?;
        let bytes = base64_simd::STANDARD.decode_to_vec(bytes);
        bytes.ok().map(Self::Inline)
    }

    /// That of a pointer's item.
    ///
    /// # Errors
    /// The name of an attribute that the item lacks, or that cannot be read.
    pub fn of_image(image: &HashMap<String, String>) -> Result<Self, &'static str> {
        let text = Self::text_of_image(image)?;
        Self::parse(&text).ok_or("data")
    }

    /// The same as text, as the router's template writes it. A pointer from before payloads could be inline names an object.
    pub(crate) fn text_of_image(image: &HashMap<String, String>) -> Result<String, &'static str> {
        let of = |name: &'static str| image.get(name).map(String::as_str).ok_or(name);
        let (bucket, key) = (of("bucket")?, of("key")?);
        let (data, slash) = (of("data").unwrap_or(S3), of("slash").unwrap_or(SLASH));
        Ok(format!("{data}{bucket}{slash}{key}"))
    }

    /// The attributes of a pointer's item.
    #[must_use]
    pub fn parts(&self) -> DataRefParts<'_> {
        match self {
            Self::Object { bucket, key } => DataRefParts {
                data: S3.into(),
                bucket,
                slash: SLASH,
                key: key.as_str(),
            },
            Self::Inline(bytes) => {
                let mut data = INLINE.to_owned();
                base64_simd::STANDARD.encode_append(bytes, &mut data);
                DataRefParts {
                    data: data.into(),
                    bucket: "",
                    slash: "",
                    key: "",
                }
            }
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

impl DataRefParts<'_> {
    /// The attributes and their names.
    #[must_use]
    pub fn named(&self) -> [(&'static str, &str); 4] {
        [
            ("data", &self.data),
            ("bucket", self.bucket),
            ("slash", self.slash),
            ("key", self.key),
        ]
    }
}

impl fmt::Display for DataRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts = self.parts();
        parts
            .named()
            .iter()
            .try_for_each(|(_, part)| f.write_str(part))
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

impl fmt::Debug for DataRefParts<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DataRefParts")
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
            let text = format!("data:application/octet-stream;base64,{base64}");
            assert_eq!(inline.to_string(), text);
            assert_eq!(DataRef::parse(&text), Some(inline));
        }
        let every: Vec<u8> = (0..=255).collect();
        let inline = DataRef::Inline(every.clone());
        assert_eq!(DataRef::parse(&inline.to_string()), Some(inline));
        let other = "data:text/plain;charset=utf-8;base64,Zg==";
        assert_eq!(DataRef::parse(other), Some(DataRef::Inline(b"f".into())));
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

    #[test]
    fn a_pointers_item_has_it_in_parts() {
        for dataref in [object(), DataRef::Inline(b"foobar".into())] {
            let parts = dataref.parts();
            let named = parts
                .named()
                .map(|(name, part)| (name.to_owned(), part.to_owned()));
            let image = named.into_iter().collect();
            assert_eq!(DataRef::of_image(&image).as_ref(), Ok(&dataref));
        }
        let old = [("bucket", "b"), ("key", "k")].map(|(name, part)| (name.into(), part.into()));
        let old: HashMap<String, String> = old.into();
        assert_eq!(DataRef::text_of_image(&old).unwrap(), "s3://b/k");
        assert_eq!(DataRef::of_image(&HashMap::new()), Err("bucket"));
    }

    #[test]
    fn nothing_shows_the_bytes() {
        let shown = format!("{:?}", DataRef::Inline(b"foobar".into()));
        assert_eq!(shown, "DataRef(6 bytes)");
    }
}
