use std::{convert::Infallible, sync::Arc};

use domain::{
    Directory, DirectoryError, Endpoint, EndpointDirectory, EndpointName, Retention, StoreError,
    Timestamp,
};
use signature::AttributePlaces;

/// What endpoints keep of their events.
#[derive(Debug)]
pub struct Endpoints<E>(Directory<E, Declared>);

/// What an endpoint says of that.
#[derive(Debug, Default)]
pub(crate) struct Declared {
    pub(crate) places: AttributePlaces,
    pub(crate) retention: Retention,
}

impl<E: EndpointDirectory> Endpoints<E> {
    /// As this table has it.
    pub fn new(table: E) -> Self {
        Self(Directory::new(table))
    }

    /// What one endpoint says; `None` if there is no such endpoint.
    pub(crate) async fn find(
        &self,
        name: &EndpointName,
        now: Timestamp,
    ) -> Result<Option<Arc<Declared>>, StoreError> {
        let found = self.0.find(name, now, |config| declared(&config)).await;
        found.map_err(|problem| match problem {
            DirectoryError::Store(error) => error,
        })
    }
}

/// Nothing of an endpoint that cannot be used.
fn declared(config: &str) -> Result<Declared, Infallible> {
    let Ok(endpoint) = Endpoint::from_json(config) else {
        return Ok(Declared::default());
    };
    Ok(Declared {
        places: AttributePlaces::new(&endpoint.attributes).unwrap_or_default(),
        retention: endpoint.retention_days,
    })
}
