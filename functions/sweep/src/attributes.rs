use std::collections::HashMap;

use domain::{
    Attributes, EndpointDirectory, Metadata, ObjectKey, Pointer, StoreError, StoredHeaders,
};
use signature::AttributePlaces;

use crate::{Index, Objects, PointerTable, shard::ShardSweep};

impl<O: Objects, I: Index, P: PointerTable, E: EndpointDirectory> ShardSweep<'_, O, I, P, E> {
    /// The attributes of a payload without a pointer. Its metadata has them, as far as there was room; only if there was not,
    /// the payload is read again.
    pub(crate) async fn kept(
        &self,
        pointer: &Pointer,
        places: &AttributePlaces,
        key: &ObjectKey,
        metadata: &HashMap<String, String>,
    ) -> Result<Attributes, StoreError> {
        let stored = pointer.kept.clone();
        let value = |name: &str| metadata.get(name).map(String::as_str);
        let rules = places.rules();
        if rules.is_empty() || Metadata::has_all_attributes(value) {
            return Ok(stored.under(rules));
        }
        let Some(body) = self.stores.objects.read(key).await? else {
            return Ok(stored.under(rules));
        };
        let headers = StoredHeaders::read(value).unwrap_or_default().all();
        let (read, _) = places.read(&headers, &body);
        // What was kept when the delivery came stays, whatever the endpoint says today.
        Ok(stored.or(read).under(rules))
    }
}
