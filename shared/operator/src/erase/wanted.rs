use std::collections::{BTreeMap, HashSet};

use domain::{DataRef, Digest, ObjectKey, Tombstone};

/// What to look for besides the tables.
#[derive(Debug, Default)]
pub(super) struct Wanted {
    /// As a message names them.
    pub(super) refs: HashSet<String>,
    /// Of each endpoint: the part of an object's key that its event decides.
    pub(super) parts: BTreeMap<String, HashSet<String>>,
    /// The keys of the objects that pointers named.
    pub(super) objects: HashSet<String>,
}

impl Wanted {
    pub(super) fn of<'t>(tombstones: impl Iterator<Item = &'t Tombstone>) -> Self {
        let mut wanted = Self::default();
        for Tombstone {
            reference, erasing, ..
        } in tombstones
        {
            wanted.refs.insert(reference.to_string());
            let part = Digest::of(reference.event_key.as_str());
            let parts = wanted
                .parts
                .entry(reference.endpoint.to_string())
                .or_default();
            parts.insert(ObjectKey::event_part(part));
            let dataref = erasing.as_deref().and_then(DataRef::parse);
            let object = dataref.as_ref().and_then(DataRef::object);
            wanted.objects.extend(object.map(ToString::to_string));
        }
        wanted
    }

    pub(super) fn is_empty(&self) -> bool {
        self.refs.is_empty()
    }
}
