use std::{sync::Arc, time::Duration};

use domain::{Cache, Timestamp};
use intake::Intake;

use crate::refusal::Refusal;

/// Compiled configurations by their JSON. The authorizer sends it with every
/// request, so nothing here can be out of date; the cache only saves work.
pub(crate) struct PreparedEndpoints(Cache<Arc<Intake>>);

impl PreparedEndpoints {
    const KEEP: Duration = Duration::from_secs(3600);
    const CAPACITY: usize = 256;

    pub(crate) fn new() -> Self {
        Self(Cache::new(Self::KEEP, Self::CAPACITY))
    }

    pub(crate) fn prepare(&self, config: &str, now: Timestamp) -> Result<Arc<Intake>, Refusal> {
        if let Some(known) = self.0.get(config, now) {
            return Ok(known);
        }
        let prepared = Intake::from_json(config).map_err(Refusal::misconfigured)?;
        let prepared = Arc::new(prepared);
        self.0.put(config, Arc::clone(&prepared), now);
        Ok(prepared)
    }
}
