use std::time::Duration;

use aws_sdk_s3::{Client, error::SdkError, primitives::ByteStream};
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use bytes::Bytes;
use domain::{Digest, Metadata, ObjectKey, PayloadStore, Retention, StoreError, Stored};

use crate::{Sdk, failure::classify};

const PUT: &str = "s3:PutObject";

/// The payload bucket. Encryption is the bucket's default, set by Terraform.
#[derive(Debug, Clone)]
pub struct Payloads {
    client: Client,
    bucket: String,
}

impl Payloads {
    /// Two writers of one key at the same moment get a 409 and must try again.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    const CONFLICT_TRIES: u32 = 5;

    /// Writes to this bucket.
    #[must_use]
    pub fn new(sdk: &Sdk, bucket: String) -> Self {
        Self {
            client: Client::from_conf(sdk.s3().build()),
            bucket,
        }
    }

    /// Over a client that a test provides answers for.
    #[cfg(test)]
    pub(crate) fn over(client: Client, bucket: &str) -> Self {
        Self {
            client,
            bucket: bucket.to_owned(),
        }
    }
}

impl PayloadStore for Payloads {
    type Body = Bytes;

    fn bucket(&self) -> &str {
        &self.bucket
    }

    async fn put(
        &self,
        key: &ObjectKey,
        body: Bytes,
        sha256: Digest,
        content_type: &str,
        metadata: &Metadata,
        retention: Retention,
    ) -> Result<Stored, StoreError> {
        let checksum = base64_simd::STANDARD.encode_to_string(sha256.0);
        let mut tries = 0;
        loop {
            tries += 1;
            let mut call = self
                .client
                .put_object()
                .bucket(&self.bucket)
                .key(key.as_str())
                .body(ByteStream::from(body.clone()))
                .content_length(i64::try_from(body.len()).unwrap_or(i64::MAX))
                .content_type(content_type)
                .checksum_sha256(&checksum)
                .set_tagging(retention.tagging())
                .if_none_match("*");
            for (name, value) in metadata.iter() {
                call = call.metadata(name, value);
            }
            // S3 checks the body against the checksum; signing its hash as well
            // would read it again for nothing.
            match call.customize().disable_payload_signing().send().await {
                Ok(_) => return Ok(Stored::New),
                Err(SdkError::ServiceError(failed)) if failed.raw().status().as_u16() == 412 => {
                    return Ok(Stored::AlreadyThere);
                }
                Err(SdkError::ServiceError(failed))
                    if tries < Self::CONFLICT_TRIES
                        && (failed.raw().status().as_u16() == 409
                            || failed.err().code() == Some("ConditionalRequestConflict")) =>
                {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(10..50) << tries)).await;
                }
                Err(error) => return Err(classify(PUT, &error)),
            }
        }
    }
}
