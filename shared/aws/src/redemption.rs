use std::collections::HashMap;

use aws_sdk_s3::{
    Client,
    config::ResponseChecksumValidation,
    error::SdkError,
    operation::get_object::{GetObjectError, GetObjectOutput},
    primitives::ByteStream,
};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use domain::{MAY_NOT_READ_OBJECT, StoreError};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const GET: &str = "s3:GetObject";

/// Fetches payloads. Its caller's role decides which buckets and keys it
/// may read.
#[derive(Debug, Clone)]
pub struct Redemption {
    client: Client,
}

/// An object whose bytes have not been read yet.
#[derive(Debug)]
pub struct ObjectBody {
    size: Option<u64>,
    metadata: HashMap<String, String>,
    stream: ByteStream,
}

impl Redemption {
    /// Reads from the bucket that a claim names.
    #[must_use]
    pub fn new(sdk: &Sdk) -> Self {
        let config = sdk
            .s3()
            // The payload is checked against its SHA-256: a second checksum would
            // read every byte again for nothing.
            .response_checksum_validation(ResponseChecksumValidation::WhenRequired)
            .build();
        Self {
            client: Client::from_conf(config),
        }
    }

    #[cfg(test)]
    pub(crate) fn over(client: Client) -> Self {
        Self { client }
    }

    /// Opens the object. `None`: S3 says that it does not exist.
    ///
    /// # Errors
    /// As [`StoreError`] says. A role without `s3:ListBucket` gets 403 for an
    /// object that is gone, so `AccessDenied` is permanent, not `None`.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    pub async fn open(&self, bucket: &str, key: &str) -> Result<Option<ObjectBody>, StoreError> {
        Ok(self.get(bucket, key).await?.map(ObjectBody::from))
    }

    pub(crate) async fn get(
        &self,
        bucket: &str,
        key: &str,
    ) -> Result<Option<GetObjectOutput>, StoreError> {
        let outcome = self
            .client
            .get_object()
            .bucket(bucket)
            .key(key)
            .send()
            .await;
        match outcome {
            Ok(object) => Ok(Some(object)),
            Err(SdkError::ServiceError(failed))
                if matches!(failed.err(), GetObjectError::NoSuchKey(_)) =>
            {
                Ok(None)
            }
            Err(SdkError::ServiceError(failed)) if failed.err().code() == Some("AccessDenied") => {
                Err(permanent(GET, MAY_NOT_READ_OBJECT))
            }
            Err(error) => Err(classify(GET, &error)),
        }
    }
}

impl From<GetObjectOutput> for ObjectBody {
    fn from(object: GetObjectOutput) -> Self {
        Self {
            size: object
                .content_length
                .and_then(|length| length.try_into().ok()),
            metadata: object.metadata.unwrap_or_default(),
            stream: object.body,
        }
    }
}

impl ObjectBody {
    /// Bytes in the object, where S3 said so.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        self.size
    }

    /// The object's metadata, names in lower case.
    #[must_use]
    pub fn metadata(&self) -> &HashMap<String, String> {
        &self.metadata
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Transient`]: the connection broke. The bytes so far are
    /// useless; open the object again.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        match self.stream.next().await {
            None => Ok(None),
            Some(Ok(bytes)) => Ok(Some(bytes)),
            Some(Err(error)) => Err(StoreError::Transient {
                operation: GET,
                source: Box::new(error),
            }),
        }
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::types::error::NoSuchKey;
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_types::error::ErrorMetadata;

    use super::*;

    fn against(rule: &Rule) -> Redemption {
        Redemption {
            client: mock_client!(aws_sdk_s3, RuleMode::MatchAny, [rule]),
        }
    }

    async fn refused_with(code: &'static str) -> StoreError {
        let rule = mock!(Client::get_object).then_error(move || {
            GetObjectError::generic(ErrorMetadata::builder().code(code).message("no").build())
        });
        against(&rule).open("bucket", "key").await.unwrap_err()
    }

    fn why(error: &StoreError) -> String {
        std::error::Error::source(error).unwrap().to_string()
    }

    #[tokio::test]
    async fn gives_the_bytes_of_the_object_named() {
        let rule = mock!(Client::get_object)
            .match_requests(|call| {
                call.bucket() == Some("bucket") && call.key() == Some("payloads/a/b")
            })
            .then_output(|| {
                GetObjectOutput::builder()
                    .content_length(5)
                    .body(ByteStream::from_static(b"bytes"))
                    .build()
            });
        let mut object = against(&rule)
            .open("bucket", "payloads/a/b")
            .await
            .unwrap()
            .unwrap();
        assert_eq!(object.size(), Some(5));
        assert_eq!(object.next().await.unwrap().unwrap(), "bytes");
        assert!(object.next().await.unwrap().is_none());
    }

    #[tokio::test]
    async fn a_missing_object_is_no_failure() {
        let rule = mock!(Client::get_object)
            .then_error(|| GetObjectError::NoSuchKey(NoSuchKey::builder().build()));
        assert!(
            against(&rule)
                .open("bucket", "key")
                .await
                .unwrap()
                .is_none()
        );
    }

    #[tokio::test]
    async fn access_denied_tells_both_causes() {
        let error = refused_with("AccessDenied").await;
        assert!(matches!(error, StoreError::Permanent { .. }), "{error:?}");
        for word in ["s3:GetObject", "s3:ListBucket"] {
            assert!(why(&error).contains(word), "{error:?}");
        }
    }

    #[tokio::test]
    async fn other_refusals_are_sorted_as_everywhere() {
        let error = refused_with("SlowDown").await;
        assert!(matches!(error, StoreError::Transient { .. }), "{error:?}");
        let error = refused_with("NoSuchBucket").await;
        assert!(matches!(error, StoreError::Permanent { .. }), "{error:?}");
    }
}
