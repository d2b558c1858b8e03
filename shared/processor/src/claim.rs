use domain::Digest;

/// The claim check: where the payload is and what it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// The bucket.
    pub bucket: String,
    /// The object's key.
    pub key: String,
    /// The SHA-256 of the payload.
    pub sha256: Digest,
    /// The payload's length in bytes.
    pub size: u64,
}

impl Claim {
    /// Splits `s3://bucket/key`. The key is used unchanged: nothing in it is
    /// percent-encoded.
    pub(crate) fn split(dataref: &str) -> Option<(&str, &str)> {
        dataref
            .strip_prefix("s3://")?
            .split_once('/')
            .filter(|(bucket, key)| !bucket.is_empty() && !key.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_at_the_first_slash() {
        assert_eq!(
            Claim::split("s3://bucket/payloads/a/2026-11-21T20/stripe/x"),
            Some(("bucket", "payloads/a/2026-11-21T20/stripe/x"))
        );
        for bad in [
            "",
            "s3://",
            "s3://bucket",
            "s3://bucket/",
            "s3:///key",
            "https://bucket/key",
        ] {
            assert_eq!(Claim::split(bad), None, "{bad}");
        }
    }
}
