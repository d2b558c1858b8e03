/// Why a delivery was not accepted. Says nothing about what would have been right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Rejection {
    /// A header that the scheme signs or that carries the signature is not there.
    #[error("a signature header is missing")]
    SignatureMissing,
    /// A header or parameter that must be single came more than once.
    #[error("a signature header or parameter is repeated")]
    SignatureDuplicated,
    /// Not ASCII, not of the scheme's grammar or encoding, not of the right
    /// length, or more signatures than the scheme allows.
    #[error("the signature headers are malformed")]
    SignatureMalformed,
    /// No live key signed these bytes.
    #[error("the signature does not match")]
    SignatureMismatch,
    /// A token is well formed and was made for another endpoint or sender: its issuer, its
    /// audience or another claim is not the scheme's.
    #[error("the token is not for this endpoint")]
    TokenRefused,
    /// The signature is good and binds another body.
    #[error("the body does not match the signed digest")]
    DigestMismatch,
    /// The timestamp is not there.
    #[error("the timestamp is missing")]
    TimestampMissing,
    /// The timestamp is not exactly what its unit demands.
    #[error("the timestamp is malformed")]
    TimestampMalformed,
    /// Signed longer ago than the scheme allows: perhaps a replay.
    #[error("the timestamp is too old")]
    TimestampStale,
    /// Signed further in the future than the scheme allows.
    #[error("the timestamp is in the future")]
    TimestampFuture,
    /// A challenge showed a token, and no live key is one for challenges. Anyone may ask a
    /// question, so it is the asker's fault: answer 401 and let no alarm ring.
    #[error("the endpoint has no challenge token to compare with")]
    ChallengeKeyMissing,
    /// No key was given: our misconfiguration, answer 500 and alarm.
    #[error("the endpoint has no key to verify with")]
    KeyMissing,
    /// Keys were given and none can be used, or too many: our misconfiguration,
    /// answer 500 and alarm. [`crate::Verifier::key_problem`] tells which and why.
    #[error("none of the endpoint's keys can be used")]
    KeyUnusable,
}

impl Rejection {
    /// The stable code for responses, logs and metrics.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SignatureMissing => "signature_missing",
            Self::SignatureDuplicated => "signature_duplicated",
            Self::SignatureMalformed => "signature_malformed",
            Self::SignatureMismatch => "signature_mismatch",
            Self::TokenRefused => "token_refused",
            Self::DigestMismatch => "digest_mismatch",
            Self::TimestampMissing => "timestamp_missing",
            Self::TimestampMalformed => "timestamp_malformed",
            Self::TimestampStale => "timestamp_stale",
            Self::TimestampFuture => "timestamp_future",
            Self::ChallengeKeyMissing => "challenge_key_missing",
            Self::KeyMissing => "key_missing",
            Self::KeyUnusable => "key_unusable",
        }
    }

    /// Whether the sender is at fault (401). Otherwise the endpoint's keys are (500).
    #[must_use]
    pub const fn is_provider_fault(self) -> bool {
        !matches!(self, Self::KeyMissing | Self::KeyUnusable)
    }

    /// Whether other keys could have made the delivery good.
    #[must_use]
    pub const fn asks_for_other_keys(self) -> bool {
        matches!(
            self,
            Self::SignatureMismatch
                | Self::ChallengeKeyMissing
                | Self::KeyMissing
                | Self::KeyUnusable
        )
    }
}
