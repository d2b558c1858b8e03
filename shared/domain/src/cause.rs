use std::fmt;

/// Why a call failed, in the service's words: its code and message, never what
/// was sent.
#[derive(Debug)]
pub struct Cause {
    code: Option<String>,
    text: String,
}

impl Cause {
    /// A service's refusal.
    #[must_use]
    pub fn of_service(code: Option<String>, text: String) -> Self {
        Self { code, text }
    }

    /// No service answered.
    #[must_use]
    pub fn of_ours(text: String) -> Self {
        Self { code: None, text }
    }

    /// The service's own code, for instance `AccessDeniedException`; none if no
    /// service answered.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        self.code.as_deref()
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Cause {}

/// Error codes with a 4xx status that still mean: try later.
const TRANSIENT_CODES: &[&str] = &[
    // The bytes were damaged on the way: sending them again helps.
    "BadDigest",
    "ConditionalRequestConflict",
    "ExpiredToken",
    "ExpiredTokenException",
    "KMS.ThrottlingException",
    "LimitExceededException",
    "OperationAborted",
    "ProvisionedThroughputExceededException",
    "RequestLimitExceeded",
    "RequestTimeout",
    "RequestTimeoutException",
    "SlowDown",
    "ThrottledException",
    "Throttling",
    "ThrottlingException",
    "TooManyRequestsException",
    "TransactionConflictException",
    "TransactionInProgressException",
];

/// Why S3 says `AccessDenied` to who reads an object, for people.
pub const MAY_NOT_READ_OBJECT: &str = "AccessDenied: the role may not read the object (s3:GetObject, kms:Decrypt), or the \
     object is gone and the role lacks s3:ListBucket, for which S3 gives the same answer";

/// Whether a service's refusal with this status and code may pass.
#[must_use]
pub fn is_transient(status: u16, code: &str) -> bool {
    status >= 500 || status == 429 || TRANSIENT_CODES.contains(&code)
}
