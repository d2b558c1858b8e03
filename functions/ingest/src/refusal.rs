use domain::{MetadataProblem, SchemaUnusable, StoreError, causes};
use intake::{CertificateRefused, Malformed, SchemaRefused, TurnedAway};
use signature::Rejection;
use tracing::{error, info, warn};

use crate::gateway::{ProxyResponse, ResponseBody};

/// Why a delivery is refused. Each variant is one row of the response table,
/// which says what the provider should do next.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Refusal {
    /// 400: it will never be acceptable as it is.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// 401: sign it properly, or with another key.
    #[error(transparent)]
    Unauthorized(Rejection),
    /// 403: the endpoint takes no such deliveries. The authorizer says the same, with the same status, of what it can see.
    #[error(transparent)]
    TurnedAway(#[from] TurnedAway),
    /// 403: its client certificate does not open the endpoint. The authorizer has let no such request pass.
    #[error("not allowed from here")]
    Certificate(#[from] CertificateRefused),
    /// 413: it does not fit.
    #[error(
        "the body has {bytes} bytes, more than the {limit} that this endpoint accepts (an endpoint in the direct lane accepts up to 10 MB)"
    )]
    TooLarge { bytes: usize, limit: usize },
    /// 503: try again, nothing is lost.
    #[error("a store is unavailable; try again")]
    Unavailable(#[source] StoreError),
    /// 500: our configuration is wrong, and an alarm reports it.
    #[error("the endpoint is not set up properly")]
    Misconfigured(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl Refusal {
    pub(crate) fn malformed(code: &'static str, message: impl Into<String>) -> Self {
        Self::Malformed(Malformed::new(code, message))
    }

    pub(crate) fn misconfigured(why: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Misconfigured(why.into())
    }

    /// The stable code for the log and the metrics, which say more than the response.
    pub(crate) fn reason(&self) -> &'static str {
        match self {
            Self::Certificate(why) => why.code(),
            _ => self.code(),
        }
    }

    /// The stable code for the response.
    pub(crate) fn code(&self) -> &'static str {
        match self {
            Self::Malformed(problem) => problem.code,
            Self::Unauthorized(rejection) => rejection.code(),
            Self::TurnedAway(why) => why.code(),
            Self::Certificate(_) => "forbidden",
            Self::TooLarge { .. } => "body_too_large",
            Self::Unavailable(_) => "unavailable",
            Self::Misconfigured(_) => "misconfigured",
        }
    }

    fn status(&self) -> u16 {
        match self {
            Self::Malformed(_) => 400,
            Self::Unauthorized(_) => 401,
            Self::TurnedAway(_) | Self::Certificate(_) => 403,
            Self::TooLarge { .. } => 413,
            Self::Unavailable(_) => 503,
            Self::Misconfigured(_) => 500,
        }
    }

    /// Logs once, at the level for those who must act, and answers.
    pub(crate) fn answer(&self, endpoint: &str) -> ProxyResponse {
        let (status, code) = (self.status(), self.reason());
        match self {
            Self::Misconfigured(_) => {
                error!(endpoint, status, code, cause = causes(self), "refused");
            }
            Self::Unavailable(_) => {
                warn!(endpoint, status, code, cause = causes(self), "refused");
            }
            _ => info!(endpoint, status, code, "refused"),
        }
        let retry_after = matches!(self, Self::Unavailable(_)).then_some("5");
        ProxyResponse::new(
            status,
            retry_after,
            &ResponseBody::Refused {
                error: self.code(),
                message: &self.to_string(),
            },
        )
    }
}

impl From<Rejection> for Refusal {
    fn from(rejection: Rejection) -> Self {
        if rejection.is_provider_fault() {
            Self::Unauthorized(rejection)
        } else {
            Self::misconfigured(rejection)
        }
    }
}

impl From<StoreError> for Refusal {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Transient { .. } => Self::Unavailable(error),
            StoreError::Permanent { .. } => Self::misconfigured(error),
        }
    }
}

impl From<SchemaRefused> for Refusal {
    fn from(refused: SchemaRefused) -> Self {
        match refused {
            SchemaRefused::Mismatch(mismatch) => {
                Self::malformed("schema_mismatch", mismatch.to_string())
            }
            SchemaRefused::Unusable(SchemaUnusable::Store(error)) => error.into(),
            SchemaRefused::Unusable(broken) => Self::misconfigured(broken),
        }
    }
}

impl From<MetadataProblem> for Refusal {
    fn from(problem: MetadataProblem) -> Self {
        Self::malformed("identifiers_too_long", problem.to_string())
    }
}
