//! Why an operation failed, for people: which permission or setting is missing, and what to do
//! next.

use std::fmt::Display;

use aws::Cause;
use domain::{EndpointProblem, StoreError};
use signature::SchemeError;

/// The result of an operation.
pub type Result<T, E = Problem> = std::result::Result<T, E>;

/// Why an operation failed.
#[derive(Debug, thiserror::Error)]
pub enum Problem {
    /// A call to AWS failed.
    #[error("{}", explain(.0))]
    Aws(StoreError),
    /// It does not exist; the text names what does.
    #[error("{0}")]
    NotFound(String),
    /// It is not allowed or not possible; the text says what is.
    #[error("{0}")]
    Refused(String),
    /// This version cannot use the endpoint's configuration.
    #[error(transparent)]
    Endpoint(#[from] EndpointProblem),
    /// This version cannot use the endpoint's scheme.
    #[error(transparent)]
    Scheme(#[from] SchemeError),
    /// An error with its context.
    #[error("{what}")]
    Context {
        /// What failed.
        what: String,
        /// Why it failed.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Problem {
    /// The error and all its causes, in one line.
    pub fn with_causes(&self) -> String {
        domain::with_causes(self)
    }

    /// Whether other credentials, or more permissions, would help.
    pub fn is_about_credentials(&self) -> bool {
        matches!(self, Self::Aws(error) if code(error).is_some_and(is_about_credentials))
    }

    /// Whether the same call may succeed later.
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Aws(StoreError::Transient { .. })) && !self.is_about_credentials()
    }
}

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        Self::Aws(error)
    }
}

/// Adds context to an error.
pub(crate) trait WithContext<T> {
    fn context(self, what: impl Display) -> Result<T>;
}

impl<T, E: Into<Box<dyn std::error::Error + Send + Sync>>> WithContext<T>
    for std::result::Result<T, E>
{
    fn context(self, what: impl Display) -> Result<T> {
        self.map_err(|error| Problem::Context {
            what: what.to_string(),
            source: error.into(),
        })
    }
}

/// Returns a [`Problem::Refused`].
macro_rules! refuse {
    ($($message:tt)*) => {
        return Err($crate::Problem::Refused(format!($($message)*)))
    };
}
pub(crate) use refuse;

/// The service's error code.
pub(crate) fn code(error: &StoreError) -> Option<&str> {
    let source = std::error::Error::source(error)?;
    source.downcast_ref::<Cause>()?.code()
}

/// A failed call, and the next step.
fn explain(error: &StoreError) -> String {
    let (operation, _) = parts(error);
    format!("{operation}: {}\n  {}", next_step(error), text(error))
}

/// What to do about a failed call.
pub(crate) fn next_step(error: &StoreError) -> String {
    let (operation, transient) = parts(error);
    advice(operation, code(error), &text(error), transient)
}

/// A failed call in a few words: `pipes:DescribePipe was refused (AccessDeniedException)`.
pub(crate) fn in_short(error: &StoreError) -> String {
    let why = code(error).map_or_else(|| text(error), str::to_owned);
    format!("{error} ({why})")
}

fn parts(error: &StoreError) -> (&'static str, bool) {
    match error {
        StoreError::Transient { operation, .. } => (operation, true),
        StoreError::Permanent { operation, .. } => (operation, false),
    }
}

fn text(error: &StoreError) -> String {
    std::error::Error::source(error).map_or_else(String::new, ToString::to_string)
}

/// Whether the caller lacks a permission.
pub(crate) fn is_denied(error: &StoreError) -> bool {
    code(error).is_some_and(is_denial)
}

fn is_denial(code: &str) -> bool {
    code.starts_with("AccessDenied")
        || code == "AuthorizationError"
        || code == "AuthorizationErrorException"
}

fn is_about_credentials(code: &str) -> bool {
    is_denial(code) || EXPIRED.contains(&code) || UNKNOWN.contains(&code)
}

/// Credentials that were good until now.
const EXPIRED: [&str; 3] = ["ExpiredToken", "ExpiredTokenException", "RequestExpired"];

/// Credentials that AWS does not know.
const UNKNOWN: [&str; 4] = [
    "UnrecognizedClientException",
    "InvalidClientTokenId",
    "SignatureDoesNotMatch",
    "InvalidAccessKeyId",
];

/// The policies that grant the permission. Signing secrets and erasure have policies of their own.
fn policies_with(operation: &str) -> &'static str {
    match operation {
        "secretsmanager:DescribeSecret" | "secretsmanager:GetSecretValue" => {
            "the policy verify of `terraform output operator_policies`"
        }
        "s3:DeleteObject" | "s3:ListObjectVersions" => {
            "the policy erase of `terraform output operator_policies`"
        }
        _ => "the policies of `terraform output operator_policies`",
    }
}

fn advice(operation: &str, code: Option<&str>, text: &str, transient: bool) -> String {
    let code = code.unwrap_or_default();
    if is_denial(code) {
        let policies = policies_with(operation);
        return if code.contains("KMS") || text.contains("kms:") {
            format!("these credentials may not use the stack's KMS key: attach {policies}")
        } else {
            format!("these credentials lack the permission {operation}: attach {policies}")
        };
    }
    match code {
        _ if EXPIRED.contains(&code) => "the credentials have expired: sign in again".to_owned(),
        _ if UNKNOWN.contains(&code) => {
            "AWS does not know these credentials: check AWS_PROFILE or the keys in the environment"
                .to_owned()
        }
        "ResourceNotFoundException"
        | "NotFoundException"
        | "NoSuchBucket"
        | "NoSuchKey"
        | "QueueDoesNotExist"
        | "AWS.SimpleQueueService.NonExistentQueue" => {
            "it no longer exists, although the stack names it: run `terraform apply`".to_owned()
        }
        "" if text.contains("credentials") => {
            "no AWS credentials: set AWS_PROFILE, sign in (`aws sso login`), or export keys"
                .to_owned()
        }
        "" if transient => {
            "AWS cannot be reached: check the network, the proxy settings and AWS_ENDPOINT_URL"
                .to_owned()
        }
        _ if transient => "AWS is busy or failing: try again later".to_owned(),
        // AWS returned the value, so no permission is missing: the value is not usable.
        "" if operation == "secretsmanager:GetSecretValue" => {
            "the endpoint's secret cannot be used: store the provider's secret in it \
             (`coatcheck endpoints rotate-key ENDPOINT --secret-file FILE --replace`)"
                .to_owned()
        }
        "" => "AWS's response cannot be used".to_owned(),
        _ => "AWS refused it".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unusable_secret_never_reads_like_a_missing_permission() {
        let advice = advice(
            "secretsmanager:GetSecretValue",
            None,
            "the secret begins with {",
            false,
        );
        assert!(advice.contains("cannot be used"), "{advice}");
        for word in ["AWS refused", "right", "policies", "permission"] {
            assert!(!advice.contains(word), "{word}: {advice}");
        }
    }

    #[test]
    fn a_signing_secret_asks_for_the_policy_that_has_them() {
        for (operation, text, policy) in [
            ("secretsmanager:GetSecretValue", "", "the policy verify of"),
            (
                "secretsmanager:GetSecretValue",
                "kms:Decrypt",
                "the policy verify of",
            ),
            ("secretsmanager:PutSecretValue", "", "the policies of"),
            ("sqs:SendMessage", "", "the policies of"),
            ("s3:ListObjectVersions", "", "the policy erase of"),
        ] {
            let advice = advice(operation, Some("AccessDeniedException"), text, false);
            assert!(advice.contains(policy), "{operation}: {advice}");
        }
    }

    #[test]
    fn each_failure_names_the_next_step() {
        for (code, text, transient, step) in [
            (
                Some("AccessDeniedException"),
                "not authorized",
                false,
                "lack the permission sqs:SendMessage",
            ),
            (
                Some("AccessDenied"),
                "kms:Decrypt",
                false,
                "stack's KMS key",
            ),
            (Some("ExpiredTokenException"), "", true, "sign in again"),
            (
                Some("UnrecognizedClientException"),
                "",
                false,
                "AWS_PROFILE",
            ),
            (Some("QueueDoesNotExist"), "", false, "terraform apply"),
            (Some("ThrottlingException"), "", true, "later"),
            (None, "no credentials in the chain", false, "aws sso login"),
            (None, "connection refused", true, "AWS_ENDPOINT_URL"),
            (Some("ValidationException"), "", false, "refused"),
        ] {
            let advice = advice("sqs:SendMessage", code, text, transient);
            assert!(advice.contains(step), "{code:?}: {advice}");
        }
    }
}
