//! Why a document was refused.

/// Why a document was refused, or one value of it ([`Scalar::Unusable`](crate::Scalar)). Every kind is the sender's to correct: answer 400 with [`code`].
///
/// An offset counts the bytes before the place. No variant holds anything from the document itself.
///
/// [`code`]: ScanError::code
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScanError {
    /// Not one complete RFC 8259 document: broken, cut off, or followed by something else.
    #[error("not valid JSON at byte {offset}: {reason}")]
    Malformed {
        /// Where.
        offset: u64,
        /// What was wrong, in a few fixed words.
        reason: &'static str,
    },
    /// Nested deeper than [`MAX_DEPTH`](crate::MAX_DEPTH).
    #[error("nested too deeply at byte {offset}")]
    TooDeep {
        /// Where.
        offset: u64,
    },
    /// A key that leads to a requested pointer is twice in its object, so that two parsers
    /// could disagree on the value.
    #[error("a key on the way to a requested value is repeated at byte {offset}")]
    DuplicateKey {
        /// Index of the (first) pointer concerned.
        pointer: usize,
        /// Where the second one ends.
        offset: u64,
    },
    /// A requested scalar is longer than [`MAX_SCALAR`](crate::MAX_SCALAR).
    #[error("a requested value is too long: the one at byte {offset}")]
    ValueTooLong {
        /// Index of the (first) pointer concerned.
        pointer: usize,
        /// Where it starts.
        offset: u64,
    },
    /// A requested string is not UTF-8, or holds half a surrogate pair.
    #[error("not Unicode: the string at byte {offset}")]
    NotUtf8 {
        /// Where it starts.
        offset: u64,
    },
}

impl ScanError {
    /// The stable code for this kind of fault, for responses, logs and metrics.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Malformed { .. } => "json_malformed",
            Self::TooDeep { .. } => "json_too_deep",
            Self::DuplicateKey { .. } => "json_duplicate_key",
            Self::ValueTooLong { .. } => "json_value_too_long",
            Self::NotUtf8 { .. } => "json_not_utf8",
        }
    }

    /// Where the fault is: how many bytes come before it.
    #[must_use]
    pub fn offset(&self) -> u64 {
        match self {
            Self::Malformed { offset, .. }
            | Self::TooDeep { offset }
            | Self::DuplicateKey { offset, .. }
            | Self::ValueTooLong { offset, .. }
            | Self::NotUtf8 { offset } => *offset,
        }
    }
}

pub(crate) fn malformed(at: usize, reason: &'static str) -> ScanError {
    let offset = at as u64;
    ScanError::Malformed { offset, reason }
}
