/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// The price file cannot be read.
    #[error("the price file is not as shared/costs/src/prices.json is: {0}")]
    Prices(#[source] serde_json::Error),
    /// A price makes no sense.
    #[error("the price file: {0} needs dollars of at least 0 for at least one unit")]
    Price(String),
    /// A price is missing.
    #[error("the price file has no {0}: take it from shared/costs/src/prices.json")]
    NoPrice(&'static str),
    /// The shipped measurements cannot be read.
    #[error("shared/costs/src/measured.json: {0}")]
    Measured(#[source] serde_json::Error),
    /// A default is not where it is expected.
    #[error(
        "terraform/variables: no default of {0} is there any more; shared/costs/src/terraform.rs looks for it"
    )]
    NoDefault(&'static str),
    /// The scenario asks for what cannot be.
    #[error("{0}")]
    Scenario(String),
}
