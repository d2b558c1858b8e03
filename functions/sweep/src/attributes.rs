use std::{collections::HashMap, convert::Infallible};

use domain::{
    Attributes, Directory, DirectoryError, Endpoint, EndpointDirectory, Metadata, ObjectKey,
    Pointer, StoreError, StoredHeaders,
};
use signature::AttributePlaces;

use crate::{Index, Objects, PointerTable, shard::ShardSweep};

/// What endpoints keep of their events.
#[derive(Debug)]
pub struct Endpoints<E>(Directory<E, AttributePlaces>);

impl<E: EndpointDirectory> Endpoints<E> {
    /// As this table has it.
    pub fn new(table: E) -> Self {
        Self(Directory::new(table))
    }
}

impl<O: Objects, I: Index, P: PointerTable, E: EndpointDirectory> ShardSweep<'_, O, I, P, E> {
    /// The attributes of a payload without a pointer. Its metadata has them, as far as there was room; only if there was not,
    /// the payload is read again. An endpoint that is gone, or that cannot be used, changes nothing: no event is left
    /// without a pointer for its attributes.
    pub(crate) async fn kept(
        &self,
        pointer: &Pointer,
        key: &ObjectKey,
        metadata: &HashMap<String, String>,
    ) -> Result<Attributes, StoreError> {
        let stored = pointer.kept.clone();
        let now = (self.now)();
        let found = self.stores.endpoints.0.find(&pointer.endpoint, now, places);
        let places = match found.await {
            Ok(Some(places)) => places,
            Ok(None) => return Ok(stored),
            Err(DirectoryError::Store(error)) => return Err(error),
        };
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

/// None of an endpoint that cannot be used.
fn places(config: String) -> Result<AttributePlaces, Infallible> {
    let endpoint = Endpoint::from_json(&config).ok();
    let places = endpoint.and_then(|endpoint| AttributePlaces::new(&endpoint.attributes).ok());
    Ok(places.unwrap_or_default())
}
