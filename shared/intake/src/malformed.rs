use domain::{Headers, IdentityProblem};
use signature::FactProblem;

/// A delivery that no retry can make acceptable.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Malformed {
    /// The stable code for responses, logs and metrics.
    pub code: &'static str,
    /// For the provider. Shows nothing of the body.
    pub message: String,
}

impl Malformed {
    /// With this code and this text.
    #[must_use]
    pub fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
        }
    }
}

impl From<IdentityProblem> for Malformed {
    fn from(problem: IdentityProblem) -> Self {
        Self::new(problem.code(), problem.to_string())
    }
}

impl From<FactProblem> for Malformed {
    fn from(problem: FactProblem) -> Self {
        Self::new(problem.code(), problem.to_string())
    }
}

/// The body's type as received. It becomes a header of the S3 request, so it must be a valid one.
///
/// # Errors
/// [`Malformed`] if it is repeated, longer than 256 bytes or not printable ASCII.
pub fn content_type(headers: &Headers) -> Result<String, Malformed> {
    const MAX_BYTES: usize = 256;
    let problem = |what: &str| {
        Malformed::new(
            "content_type_invalid",
            format!("the Content-Type is {what}"),
        )
    };
    match headers
        .one("content-type")
        .map_err(|_| problem("repeated"))?
    {
        None | Some("") => Ok("application/octet-stream".to_owned()),
        Some(text) if text.len() > MAX_BYTES => Err(problem("longer than 256 bytes")),
        Some(text) if text.bytes().all(|b| (0x20..0x7f).contains(&b)) => Ok(text.to_owned()),
        Some(_) => Err(problem("not printable ASCII")),
    }
}
