/// S3's limit for an object's user metadata: names and values together.
/// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html>
pub const METADATA_MAX_BYTES: usize = 2048;

/// The metadata cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum MetadataProblem {
    /// Longer than S3 accepts: reject the delivery.
    #[error(
        "the event's id, type, subject and ordering key together do not fit into {METADATA_MAX_BYTES} bytes of metadata"
    )]
    TooLong,
    /// A name is missing or its value is unreadable: this is not one of our objects.
    #[error("the object's metadata has no readable {0}")]
    Unreadable(&'static str),
}
