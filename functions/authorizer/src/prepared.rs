use intake::{Intake, IntakeProblem};

/// An endpoint, ready to judge requests.
#[derive(Debug)]
pub(crate) struct PreparedEndpoint {
    pub(crate) intake: Intake,
    /// As stored; it travels on to `ingest` unchanged.
    pub(crate) config: String,
}

impl PreparedEndpoint {
    pub(crate) fn new(config: String) -> Result<Self, IntakeProblem> {
        Ok(Self {
            intake: Intake::from_json(&config)?,
            config,
        })
    }
}
