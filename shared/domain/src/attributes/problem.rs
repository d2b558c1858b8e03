use super::limits::ATTRIBUTES_AT_MOST;

/// An endpoint's attributes cannot be used: someone has to fix it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AttributeProblem {
    /// The name has other characters or another length.
    #[error("an attribute's name is 1 to 20 of a-z and 0-9, starting with a letter")]
    Name,
    /// Events have something else of this name.
    #[error("an attribute cannot be named {0}: every event has or may get something of this name")]
    Reserved(String),
    /// There is no place, or there are two.
    #[error("an attribute needs exactly one of json and header")]
    Place,
    /// A header that nobody may keep.
    #[error(
        "an attribute cannot be the header {0}: it may hold a secret, or is about the connection"
    )]
    Header(String),
    /// There are too many.
    #[error("an endpoint has at most {ATTRIBUTES_AT_MOST} attributes")]
    TooMany,
}
