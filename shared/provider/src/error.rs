use std::net::IpAddr;

use domain::{IdentityProblem, Location};
use signature::{FactProblem, KeyProblem, Rejection, SchemeError, SignError};

/// Why no delivery can be made: the caller has to give something else.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// The endpoint's scheme breaks a rule.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// Nothing can sign.
    #[error("it has no live key")]
    NoLiveKey,
    /// No live key has this id.
    #[error("no live key {id:?}; the live keys are {}", .live.join(", "))]
    UnknownKey {
        /// The id.
        id: String,
        /// Those of the live keys.
        live: Vec<String>,
    },
    /// The scheme cannot use the key.
    #[error("the key {id} cannot be used: {problem}")]
    Key {
        /// The key's id.
        id: String,
        /// What is wrong with it.
        problem: KeyProblem,
    },
    /// Only the provider writes the body, with the signature in it.
    #[error(
        "this provider's signature stands inside the body, which only the provider writes: send a test from the \
         provider's own console"
    )]
    InBody,
    /// The scheme wants HTTP Basic credentials besides the signature.
    #[error("the scheme demands HTTP Basic credentials besides the signature, and there are none")]
    NoBasic,
    /// The key cannot sign.
    #[error("the key cannot sign: {0}")]
    CannotSign(KeyProblem),
    /// A header that is signed is not one that can be.
    #[error(
        "a header cannot be signed: {0} (it occurs twice, is empty, is not ASCII, or contains the text that separates \
         it from the next part)"
    )]
    Headers(Rejection),
    /// Another reason not to sign.
    #[error(transparent)]
    Sign(SignError),
    /// The endpoint will reject the delivery.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// The endpoint will not find a fact.
    #[error(transparent)]
    Fact(#[from] FactProblem),
    /// The endpoint will find no event.
    #[error(transparent)]
    Event(#[from] IdentityProblem),
    /// The type cannot stand where the endpoint looks for it.
    #[error("no delivery can have the type {kind:?}: {}", place(.from.as_ref()))]
    NoPlace {
        /// The type.
        kind: String,
        /// Where the endpoint looks.
        from: Option<Location>,
    },
    /// Fewer bytes than it takes to name an event.
    #[error("a body that names its event takes at least {0} bytes")]
    TooSmall(usize),
    /// Whatever is done, the endpoint counts all deliveries as one event.
    #[error(
        "every delivery would be the same event: its id is fixed, or the scheme identifies events by their bytes and \
         the body is not JSON, where white space may differ"
    )]
    NotDistinct,
    /// The system has no random numbers.
    #[error("the system gives no random bytes")]
    Random,
    /// Not a URL to post to.
    #[error("{0:?} is not a URL of http or https")]
    Url(String),
    /// Its host has no address.
    #[error("{0} has no address: {1}")]
    Unresolved(String, std::io::Error),
    /// Its host is not this machine alone.
    #[error("{0} is not this machine: its address is {1}")]
    NotLocal(String, IpAddr),
    /// The HTTP client does not start.
    #[error("the HTTP client cannot start: {0}")]
    Client(#[from] reqwest::Error),
}

impl From<SignError> for ProviderError {
    fn from(problem: SignError) -> Self {
        match problem {
            SignError::Key(problem) => Self::CannotSign(problem),
            SignError::Headers(rejection) => Self::Headers(rejection),
            other => Self::Sign(other),
        }
    }
}

fn place(from: Option<&Location>) -> String {
    // As the scheme writes it.
    let written = from.and_then(|place| serde_json::to_string(place).ok());
    written.map_or_else(
        || "its events have none of their own".to_owned(),
        |place| format!("the endpoint takes it from {place}"),
    )
}
