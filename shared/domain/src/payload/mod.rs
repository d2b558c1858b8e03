mod escape;
mod kept;
mod problem;

pub(crate) use self::escape::{escape, unescape};
use self::kept::{OTHER_HEADERS, SIGNATURE_HEADERS};
pub use self::{
    kept::{KeptHeaders, StoredHeaders},
    problem::{METADATA_MAX_BYTES, MetadataProblem},
};
use crate::{
    Attributes, DataRef, Digest, EventIdentity, EventKey, Headers, InlineHeaders, ObjectKey,
    Pointer, SCHEMA_CHECK, Timestamp, format_time,
};

/// The bytes that an endpoint's `keep_headers` may need at least, as Terraform counts them: for
/// each the length of its name and 9, and 1 for the list. More never fits, whatever else is stored.
pub const KEEP_HEADERS_MAX_BYTES: usize = 1842;

/// The attributes of its event, as JSON.
const ATTRIBUTES: &str = "attributes";

/// The one that must never be left out: it decides where the event may go.
const CHECK: &str = "schemacheck";

/// How many of them did not fit, if any.
const ATTRIBUTES_CUT: &str = "attributes-cut";

/// An object's metadata: enough to rebuild its pointer and to verify it again when nothing
/// else is left. Names in lower case, values in printable ASCII: the rest is
/// percent-encoded, or the value is base64 if that is shorter. So the longest facts fit, in
/// any alphabet.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Metadata(Vec<(&'static str, String)>);

impl Metadata {
    /// Writes a pointer, and the headers that are kept of its delivery: those its signature was
    /// checked by all or not at all, then the others one by one, in their order. Then come its attributes,
    /// as many as fit. What does not fit is left out: keeping a payload matters more than verifying it again.
    ///
    /// # Errors
    /// [`MetadataProblem::TooLong`].
    pub fn describe(pointer: &Pointer, kept: &KeptHeaders) -> Result<Self, MetadataProblem> {
        let event = &pointer.event;
        let mut pairs = vec![
            ("endpoint", pointer.endpoint.to_string()),
            ("event-key", event.key.as_str().to_owned()),
            ("id", event.id.clone()),
            ("type", event.kind.clone()),
            ("subject", event.subject.clone()),
            (
                "ordering-key",
                event.ordering_key.clone().unwrap_or_default(),
            ),
            ("occurred-at", format_time(event.occurred_at)),
            ("received-at", format_time(pointer.received_at)),
            ("scheme", pointer.scheme.clone()),
            ("key-id", pointer.key_id.clone()),
            ("traceparent", pointer.traceparent.clone()),
            (
                CHECK,
                pointer.kept.get(CHECK).unwrap_or_default().to_owned(),
            ),
            (SIGNATURE_HEADERS, json(&kept.signature)),
        ];
        // S3 has no empty metadata values, and an id is not written twice.
        if event.id == event.key.as_str() {
            pairs.retain(|(name, _)| *name != "id");
        }
        pairs.retain(|(_, value)| !value.is_empty());
        for (_, value) in &mut pairs {
            *value = escape(value);
        }
        if length(&pairs) > METADATA_MAX_BYTES {
            pairs.retain(|(name, _)| *name != SIGNATURE_HEADERS);
        }
        let room = METADATA_MAX_BYTES.checked_sub(length(&pairs));
        let room = room.ok_or(MetadataProblem::TooLong)?;
        let value = |headers: &Headers| escape(&json(headers));
        let mut others = Headers::default();
        others.extend_where(&kept.others, |headers| {
            OTHER_HEADERS.len() + value(headers).len() <= room
        });
        if !others.is_empty() {
            pairs.push((OTHER_HEADERS, value(&others)));
        }
        let room = METADATA_MAX_BYTES.saturating_sub(length(&pairs));
        pairs.extend(attributes(&pointer.kept, room));
        Ok(Self(pairs))
    }

    /// Whether metadata has all attributes of its event, and not fewer for want of room. `metadata` returns the value of a
    /// name.
    pub fn has_all_attributes<'a>(metadata: impl Fn(&str) -> Option<&'a str>) -> bool {
        metadata(ATTRIBUTES_CUT).is_none() && stored_attributes(metadata).is_some()
    }

    /// What it says of the headers of the delivery.
    pub(crate) fn headers(&self) -> Vec<(&'static str, String)> {
        let names = [SIGNATURE_HEADERS, OTHER_HEADERS];
        let pairs = self.0.iter().filter(|(name, _)| names.contains(name));
        pairs.cloned().collect()
    }

    /// The pairs, as S3 accepts them.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}

/// All attributes if they fit into so many bytes, else as many as do and how many do not. Nothing at all says that the
/// payload may have some.
fn attributes(kept: &Attributes, room: usize) -> Vec<(&'static str, String)> {
    let pair = |some: &Attributes| (ATTRIBUTES, escape(&some.to_json()));
    let whole = vec![pair(kept)];
    if kept.is_empty() || length(&whole) <= room {
        return if kept.is_empty() { Vec::new() } else { whole };
    }
    let with =
        |some: &Attributes, left: usize| vec![pair(some), (ATTRIBUTES_CUT, left.to_string())];
    let fits = |some: &Attributes| length(&with(some, crate::ATTRIBUTES_AT_MOST)) <= room;
    match kept.as_many_as(fits) {
        (some, _) if some.is_empty() => Vec::new(),
        (some, left) => with(&some, left),
    }
}

fn stored_attributes<'a>(metadata: impl Fn(&str) -> Option<&'a str>) -> Option<Attributes> {
    Attributes::from_json(&unescape(metadata(ATTRIBUTES)?)?)
}

/// What metadata has of them, and in any case the outcome of the payload's check.
fn attributes_of<'a>(
    metadata: impl Fn(&str) -> Option<&'a str>,
) -> Result<Attributes, MetadataProblem> {
    let mut kept = stored_attributes(&metadata).unwrap_or_default();
    if let Some(check) = metadata(CHECK) {
        let check = unescape(check).ok_or(MetadataProblem::Unreadable(CHECK))?;
        kept.insert(SCHEMA_CHECK, check.into_owned(), None);
    }
    Ok(kept)
}

fn json(headers: &Headers) -> String {
    serde_json::to_string(headers).unwrap_or_default()
}

fn length(pairs: &[(&str, String)]) -> usize {
    let lengths = pairs.iter().map(|(name, value)| name.len() + value.len());
    lengths.sum()
}

/// What S3 itself knows of an object, besides the metadata.
#[derive(Debug, Clone)]
pub struct ObjectFacts {
    /// The bucket.
    pub bucket: String,
    /// The key.
    pub key: ObjectKey,
    /// Bytes.
    pub size: u64,
    /// The checksum S3 verified.
    pub sha256: Digest,
    /// As received.
    pub content_type: String,
}

impl Pointer {
    /// The same pointer with its payload in it, instead of in an object with this metadata. It lives as long as a payload
    /// is kept, which may be shorter than other pointers.
    #[must_use]
    pub fn with_inline(
        mut self,
        payload: &[u8],
        of: &Metadata,
        kept_for: jiff::SignedDuration,
    ) -> Self {
        self.dataref = DataRef::Inline(payload.to_owned());
        self.headers = InlineHeaders::of(of.headers());
        self.expires_at = self.expires_at.min(self.received_at + kept_for);
        self
    }

    /// Rebuilds the pointer of a payload that has none, from its object.
    /// `metadata` returns the value of a name. Of its attributes it has those that metadata does
    /// ([`Metadata::has_all_attributes`]), without what their rules say.
    ///
    /// # Errors
    /// [`MetadataProblem::Unreadable`].
    pub fn from_object<'a>(
        object: ObjectFacts,
        metadata: impl Fn(&str) -> Option<&'a str>,
        pointer_ttl: jiff::SignedDuration,
    ) -> Result<Self, MetadataProblem> {
        let optional = |name: &'static str| match metadata(name) {
            None => Ok(None),
            Some(value) => unescape(value)
                .map(|text| Some(text.into_owned()))
                .ok_or(MetadataProblem::Unreadable(name)),
        };
        let text = |name: &'static str| optional(name)?.ok_or(MetadataProblem::Unreadable(name));
        let time = |name: &'static str| {
            text(name)?
                .parse()
                .map_err(|_| MetadataProblem::Unreadable(name))
        };
        let event_key = text("event-key")?;
        let received_at: Timestamp = time("received-at")?;
        Ok(Self {
            endpoint: text("endpoint")?
                .try_into()
                .map_err(|_| MetadataProblem::Unreadable("endpoint"))?,
            event: EventIdentity {
                id: optional("id")?.unwrap_or_else(|| event_key.clone()),
                key: EventKey::from_stored(event_key),
                kind: text("type")?,
                subject: optional("subject")?.unwrap_or_default(),
                ordering_key: optional("ordering-key")?,
                occurred_at: time("occurred-at")?,
            },
            received_at,
            content_type: object.content_type,
            size: object.size,
            sha256: object.sha256,
            dataref: DataRef::Object {
                bucket: object.bucket,
                key: object.key,
            },
            headers: InlineHeaders::default(),
            kept: attributes_of(&metadata)?,
            traceparent: text("traceparent")?,
            scheme: text("scheme")?,
            key_id: text("key-id")?,
            expires_at: received_at + pointer_ttl,
        })
    }
}

#[cfg(test)]
mod tests;
