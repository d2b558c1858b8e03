use intake::{Intake, IntakeProblem};

/// The endpoints, by name.
pub(crate) type Directory<E> = domain::Directory<E, Prepared>;

/// An endpoint, ready to judge requests.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) intake: Intake,
    /// As stored; it travels on to `ingest` unchanged.
    pub(crate) config: String,
}

impl Prepared {
    pub(crate) fn new(config: String) -> Result<Self, IntakeProblem> {
        Ok(Self {
            intake: Intake::from_json(&config)?,
            config,
        })
    }
}
