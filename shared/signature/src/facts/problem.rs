use scan::ScanError;

/// A fact that the event needs cannot be read: reject the delivery, it will not get better.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FactProblem {
    /// The fact is in the body, and it or the body is not sound JSON.
    #[error(transparent)]
    Json(#[from] ScanError),
    /// A header that holds a fact came more than once.
    #[error("the header {0} is repeated")]
    HeaderRepeated(String),
    /// A header that holds a fact is not ASCII.
    #[error("the header {0} is not ASCII")]
    HeaderNotAscii(String),
    /// The id or the type is not a text.
    #[error("the event's id or type is an object or an array")]
    NotScalar,
}

impl FactProblem {
    /// The stable code for responses and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Json(problem) => problem.code(),
            Self::HeaderRepeated(_) => "header_repeated",
            Self::HeaderNotAscii(_) => "header_not_ascii",
            Self::NotScalar => "json_not_scalar",
        }
    }
}
