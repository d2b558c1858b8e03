use domain::ObjectKey;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What a path of S3 holds as it is.
/// <https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>
const ENCODED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'/')
    .remove(b'_')
    .remove(b'~');

/// The path of an object, where paths of its bucket begin like this.
pub(crate) fn object_path(base: &str, key: &ObjectKey) -> String {
    format!("{base}{}", utf8_percent_encode(key.as_str(), ENCODED))
}
