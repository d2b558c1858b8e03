use std::{borrow::Cow, time::Duration};

use bytes::Bytes;
use domain::{Digest, Metadata, ObjectKey, PayloadStore, Retention, StoreError, Stored};
use hyper::Method;

use crate::{
    Environment,
    environment::ServiceName,
    object_path::object_path,
    service::{Call, Service},
    sign::header,
};

const PUT: &str = "s3:PutObject";

/// S3 checks the body against the checksum; signing its hash as well would say the same once more.
const UNSIGNED: &str = "UNSIGNED-PAYLOAD";

/// The payload bucket. Encryption is the bucket's default, set by Terraform.
#[derive(Debug)]
pub struct Payloads {
    service: Service,
    bucket: String,
    /// How paths begin.
    base: String,
}

impl Payloads {
    /// Two writers of one key at the same moment get a 409 and must try again.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>
    const CONFLICT_TRIES: u32 = 5;

    /// Writes to this bucket.
    #[must_use]
    pub fn new(environment: &Environment, bucket: String) -> Self {
        let (address, base) = environment.bucket(&bucket);
        let service = Service::at(address, environment, ServiceName::S3);
        Self {
            service,
            bucket,
            base,
        }
    }

    /// Connects, so that the first request need not.
    pub async fn warm(&self) {
        self.service.warm(1).await;
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
        let path = object_path(&self.base, key);
        let length = body.len().to_string();
        let checksum = base64_simd::STANDARD.encode_to_string(sha256.0);
        let mut headers = vec![
            header("content-length", &length),
            header("content-type", content_type),
            header("if-none-match", "*"),
            header("x-amz-checksum-sha256", &checksum),
            header("x-amz-content-sha256", UNSIGNED),
        ];
        let tagging = retention.tagging();
        headers.extend(tagging.iter().map(|tag| header("x-amz-tagging", tag)));
        let described = metadata.iter();
        headers.extend(described.map(|(name, value)| {
            let name = Cow::Owned(format!("x-amz-meta-{name}"));
            (name, Cow::Borrowed(value))
        }));
        let call = Call {
            operation: PUT,
            method: Method::PUT,
            path: &path,
            headers,
            payload: UNSIGNED,
            body,
        };
        let mut tries = 0;
        loop {
            tries += 1;
            let answer = self.service.call(&call).await?;
            match answer.status {
                200 => return Ok(Stored::New),
                412 => return Ok(Stored::AlreadyThere),
                _ if tries < Self::CONFLICT_TRIES
                    && (answer.status == 409 || answer.is("ConditionalRequestConflict")) =>
                {
                    tokio::time::sleep(Duration::from_millis(fastrand::u64(10..50) << tries)).await;
                }
                _ => return Err(answer.refused(PUT)),
            }
        }
    }
}
