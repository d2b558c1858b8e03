use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use domain::{Cache, Dedupe, Endpoint, EventLocations, SchemeRef, Timestamp};
use signature::{Places, Verifier};

use crate::refusal::Refusal;

/// An endpoint's configuration, compiled.
pub(crate) struct Prepared {
    pub(crate) endpoint: Endpoint,
    pub(crate) verifier: Verifier,
    pub(crate) places: Places,
}

/// Compiled configurations by their JSON. The authorizer sends it with every
/// request, so nothing here can be out of date; the cache only spares the work.
pub(crate) struct Endpoints(Mutex<Cache<Arc<Prepared>>>);

impl Endpoints {
    const KEEP: Duration = Duration::from_secs(3600);
    const CAPACITY: usize = 256;

    pub(crate) fn new() -> Self {
        Self(Mutex::new(Cache::new(Self::KEEP, Self::CAPACITY)))
    }

    pub(crate) fn prepare(&self, config: &str, now: Timestamp) -> Result<Arc<Prepared>, Refusal> {
        let known = self
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(config, now);
        if let Some(known) = known {
            return Ok(known);
        }
        let prepared = Arc::new(compile(config)?);
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(
            config,
            Arc::clone(&prepared),
            now,
        );
        Ok(prepared)
    }
}

fn compile(config: &str) -> Result<Prepared, Refusal> {
    let endpoint = Endpoint::from_json(config).map_err(Refusal::misconfigured)?;
    let verifier = Verifier::of(&endpoint).map_err(Refusal::misconfigured)?;
    let locations = endpoint.event.or(verifier.event());
    check(&endpoint, &locations, &verifier)?;
    let places = Places::new(locations).map_err(Refusal::misconfigured)?;
    Ok(Prepared {
        endpoint,
        verifier,
        places,
    })
}

/// What would let one event get two pointers.
fn check(
    endpoint: &Endpoint,
    locations: &EventLocations,
    verifier: &Verifier,
) -> Result<(), Refusal> {
    if endpoint.dedupe == Dedupe::Id && locations.id.is_none() {
        return Err(Refusal::misconfigured(
            "dedupe = \"id\" needs event.id: say where the id stands",
        ));
    }
    verifier
        .check_ordering_key(locations)
        .map_err(Refusal::misconfigured)
}

/// The scheme's name for people: the preset's, or `custom`.
pub(crate) fn scheme_name(scheme: &SchemeRef) -> &str {
    match scheme {
        SchemeRef::Preset(name) => name,
        SchemeRef::Custom(_) => "custom",
    }
}
