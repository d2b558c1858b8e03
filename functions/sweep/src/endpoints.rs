use std::{convert::Infallible, sync::Arc};

use domain::{
    Directory, DirectoryError, Endpoint, EndpointDirectory, EndpointName, StoreError, Timestamp,
};
use signature::AttributePlaces;

/// What endpoints keep of their events.
#[derive(Debug)]
pub struct Endpoints<E>(Directory<E, AttributePlaces>);

impl<E: EndpointDirectory> Endpoints<E> {
    /// As this table has it.
    pub fn new(table: E) -> Self {
        Self(Directory::new(table))
    }

    /// Those of one endpoint; `None` if there is no such endpoint.
    pub(crate) async fn find(
        &self,
        name: &EndpointName,
        now: Timestamp,
    ) -> Result<Option<Arc<AttributePlaces>>, StoreError> {
        let found = self.0.find(name, now, |config| places(&config)).await;
        found.map_err(|problem| match problem {
            DirectoryError::Store(error) => error,
        })
    }
}

/// None of an endpoint that cannot be used.
fn places(config: &str) -> Result<AttributePlaces, Infallible> {
    let endpoint = Endpoint::from_json(config).ok();
    let places = endpoint.and_then(|endpoint| AttributePlaces::new(&endpoint.attributes).ok());
    Ok(places.unwrap_or_default())
}
