//! What a pointer is as an item of the `events` table, for every client that writes one.

use std::borrow::Cow;

use crate::{
    DataRef, Digest, EventKey, FindIndex, FindKey, Inserted, Neighbours, ObjectKey, PartitionKey,
    Pointer, format_time,
};

/// The attribute that only a tombstone has: when its event was erased.
pub const ERASED_AT: &str = "erased_at";

/// The condition under which a pointer is written.
pub const ONLY_IF_NEW: &str = "attribute_not_exists(pk)";

/// The condition on a neighbouring slot of a window. `:from` and `:until` are the bounds of
/// [`Neighbours`]. Times are texts of one length and one zone: they sort by time.
pub const ANOTHER_EVENT: &str =
    "attribute_not_exists(pk) OR received_at <= :from OR received_at >= :until";

/// The items of a partition whose keys begin with a digest.
pub const WITH_DIGEST: &str = "pk = :pk AND begins_with(sk, :digest)";

/// How often a conflict between two writers of one item is tried again.
/// <https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TransactWriteItems.html>
pub const CONFLICT_TRIES: u32 = 5;

/// The value of an attribute, in the two types that are stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ItemValue {
    /// A string.
    Text(String),
    /// A number, in digits.
    Number(String),
}

impl Pointer {
    /// Every attribute is always present: a pipe's template must never meet a missing path.
    /// Except the request's id, which only the direct lane has, and the headers of a delivery that has no object: none
    /// reads them. And except what its endpoint declares: a template has those paths in quotes. Of these, the ones by which
    /// events are found are keys of indexes, too: the first one that the event has is in the first index, and so on.
    #[must_use]
    pub fn attributes(&self) -> Vec<(Cow<'static, str>, ItemValue)> {
        let fixed = self.fixed_attributes().into_iter();
        let mut attributes: Vec<_> = fixed
            .map(|(name, value)| (Cow::Borrowed(name), value))
            .collect();
        let kept = self.kept.stored();
        attributes.extend(kept.map(|(name, stored)| {
            let value = ItemValue::Text(stored.into_owned());
            (Cow::Owned(name), value)
        }));
        let found_by = self.kept.kept().filter(|(_, kept)| kept.index);
        let keys = found_by.zip(FindIndex::ALL).map(|((name, kept), index)| {
            let key = FindKey::new(&self.endpoint, name, &kept.value);
            (Cow::Borrowed(index.key()), ItemValue::Text(key.to_string()))
        });
        attributes.extend(keys);
        attributes
    }

    fn fixed_attributes(&self) -> Vec<(&'static str, ItemValue)> {
        let text = |value: &str| ItemValue::Text(value.to_owned());
        let event = &self.event;
        let partition_key = self.partition_key().to_string();
        let mut attributes = vec![
            ("sk", text(self.sort_key().as_str())),
            (
                "group",
                ItemValue::Text(PartitionKey::group(&partition_key)),
            ),
            ("pk", ItemValue::Text(partition_key)),
            ("ref", ItemValue::Text(self.reference().to_string())),
            ("id", text(&event.id)),
            ("type", text(&event.kind)),
            ("endpoint", text(self.endpoint.as_str())),
            ("subject", text(event.shown_subject())),
            (
                "occurred_at",
                ItemValue::Text(format_time(event.occurred_at)),
            ),
            (
                "received_at",
                ItemValue::Text(format_time(self.received_at)),
            ),
            ("content_type", text(&self.content_type)),
            ("size", ItemValue::Number(self.size.to_string())),
            ("sha256", ItemValue::Text(self.sha256.to_string())),
            ("traceparent", text(&self.traceparent)),
            ("replayid", text("")),
            ("replayforce", text("false")),
            ("scheme", text(&self.scheme)),
            ("key_id", text(&self.key_id)),
            (
                "expires_at",
                ItemValue::Number(self.expires_at.as_second().to_string()),
            ),
            (
                "time_bucket",
                ItemValue::Text(self.time_bucket().to_string()),
            ),
        ];
        attributes.push(("dataref", ItemValue::Text(self.dataref.to_string())));
        let headers = self.headers.iter();
        attributes.extend(headers.map(|(name, value)| (name, text(value))));
        let incoming = self.object().and_then(ObjectKey::incoming);
        attributes.extend(incoming.map(|parts| ("request_id", text(parts.request_id))));
        attributes
    }

    /// What became of a transaction that was to insert this pointer and was cancelled, by the
    /// reasons in the order of its items. `attribute` reads a text of a reason's item.
    pub fn cancelled<'r, I>(
        &self,
        reasons: &[CancelledItem<'r, I>],
        attribute: impl Fn(&'r I, &str) -> Option<&'r str>,
    ) -> Cancelled<'r, I> {
        let failed = reasons
            .iter()
            .filter(|reason| reason.code == "ConditionalCheckFailed");
        // The pointer that names this very object, if any does; else that of the same slot, of
        // the one before, of the one after. Pointers that hold their payloads name none.
        let own = self.object().map(ObjectKey::as_str);
        let key = |item| DataRef::object_of(|name| attribute(item, name)).ok()?;
        let is_other = |item: &&'r I| own.is_none() || key(*item).map(|(_, key)| key) != own;
        if let Some(item) = failed.filter_map(|reason| reason.item).min_by_key(is_other) {
            return Cancelled::Duplicate(item);
        }
        let has = |code| reasons.iter().any(|reason| reason.code == code);
        let codes: Vec<_> = reasons
            .iter()
            .map(|reason| reason.code)
            .filter(|code| !code.is_empty())
            .collect();
        let why = format!("cancelled: {}", codes.join(", "));
        if has(CONFLICT) {
            Cancelled::Conflict(why)
        } else if BUSY.into_iter().any(has) {
            Cancelled::Busy(why)
        } else {
            Cancelled::Refused(why)
        }
    }
}

const CONFLICT: &str = "TransactionConflict";

/// Other reasons for cancelling a transaction that may succeed later.
const BUSY: [&str; 2] = ["ProvisionedThroughputExceeded", "ThrottlingError"];

/// Why an item of a transaction cancelled it.
#[derive(Debug, Clone, Copy)]
pub struct CancelledItem<'r, I> {
    /// `None` for an item that did not, as DynamoDB writes it; empty if there is no code.
    pub code: &'r str,
    /// The item that is there, if the call asked for it.
    pub item: Option<&'r I>,
}

/// What became of a cancelled transaction.
#[derive(Debug)]
pub enum Cancelled<'r, I> {
    /// The event has this pointer.
    Duplicate(&'r I),
    /// Two deliveries of one event at the same moment: the second must try again.
    Conflict(String),
    /// It may succeed later.
    Busy(String),
    /// It will not.
    Refused(String),
}

impl Inserted {
    /// The event has a pointer or a tombstone, whose attributes `of` reads.
    ///
    /// # Errors
    /// The name of an attribute that cannot be read.
    pub fn duplicate<'i>(of: impl Fn(&str) -> Option<&'i str>) -> Result<Self, &'static str> {
        let digest = |text: &str| text.parse::<Digest>().ok();
        let event_key = EventKey::from_stored(of("sk").ok_or("sk")?.to_owned());
        if of(ERASED_AT).is_some() {
            return Ok(Self::Erased { event_key });
        }
        Ok(Self::Duplicate {
            event_key,
            sha256: of("sha256").and_then(digest).ok_or("sha256")?,
            key: DataRef::object_of(of)?.map(|(_, key)| ObjectKey::from_stored(key.to_owned())),
        })
    }
}

impl Neighbours {
    /// The values of [`ANOTHER_EVENT`].
    #[must_use]
    pub fn bounds(&self) -> [(&'static str, String); 2] {
        [
            (":from", format_time(self.from)),
            (":until", format_time(self.until)),
        ]
    }
}
