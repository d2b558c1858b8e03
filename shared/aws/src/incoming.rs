use std::collections::HashMap;

use aws_sdk_s3::Client;
use domain::{ObjectKey, StoreError};

use crate::{Listing, ObjectBody, Redemption, Sdk, failure::classify};

const DELETE: &str = "s3:DeleteObject";

/// What the direct lane has stored and `admit` has not judged yet.
#[derive(Debug, Clone)]
pub struct Incoming {
    objects: Redemption,
    listing: Listing,
    client: Client,
    bucket: String,
}

/// An object of the direct lane whose bytes have not been read yet.
#[derive(Debug)]
pub struct IncomingObject {
    /// The metadata `delivery`: what the authorizer handed over.
    pub handover: Option<String>,
    /// Its bytes.
    pub body: ObjectBody,
}

impl Incoming {
    /// In this bucket.
    #[must_use]
    pub fn new(sdk: &Sdk, bucket: String) -> Self {
        Self {
            objects: Redemption::new(sdk),
            listing: Listing::new(sdk, bucket.clone()),
            client: Client::from_conf(sdk.s3().build()),
            bucket,
        }
    }

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// Opens an object. `None`: it is gone.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn open(&self, key: &ObjectKey) -> Result<Option<IncomingObject>, StoreError> {
        let object = self.objects.get(&self.bucket, key.as_str()).await?;
        Ok(object.map(|object| IncomingObject {
            handover: object
                .metadata
                .as_ref()
                .and_then(|all: &HashMap<_, _>| all.get("delivery").cloned()),
            body: object.into(),
        }))
    }

    /// Whether an object is there, of either lane.
    ///
    /// # Errors
    /// As [`StoreError`] says. A role without `s3:ListBucket` gets 403 for one that is
    /// gone, so that is permanent, not `false`.
    pub async fn exists(&self, key: &ObjectKey) -> Result<bool, StoreError> {
        Ok(self.listing.describe(key).await?.is_some())
    }

    /// Removes an object; no failure if it is already gone.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn delete(&self, key: &ObjectKey) -> Result<(), StoreError> {
        self.client
            .delete_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .send()
            .await
            .map(drop)
            .map_err(|error| classify(DELETE, &error))
    }
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::{
        operation::{
            delete_object::DeleteObjectOutput,
            get_object::GetObjectOutput,
            head_object::{HeadObjectError, HeadObjectOutput},
        },
        primitives::ByteStream,
        types::error::NotFound,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};

    use super::*;

    const KEY: &str = "incoming/f/2026-11-21T20/stripe/1";

    fn against(rule: &Rule) -> Incoming {
        let client = || mock_client!(aws_sdk_s3, RuleMode::MatchAny, [rule]);
        Incoming {
            objects: Redemption::over(client()),
            listing: Listing::over(client(), "bucket"),
            client: client(),
            bucket: "bucket".to_owned(),
        }
    }

    #[tokio::test]
    async fn an_object_has_bytes_and_what_was_handed_over() {
        for handover in [None, Some("{}")] {
            let rule = mock!(Client::get_object)
                .match_requests(|call| call.bucket() == Some("bucket") && call.key() == Some(KEY))
                .then_output(move || {
                    GetObjectOutput::builder()
                        .content_length(5)
                        .set_metadata(
                            handover.map(|text| {
                                HashMap::from([("delivery".to_owned(), text.to_owned())])
                            }),
                        )
                        .body(ByteStream::from_static(b"bytes"))
                        .build()
                });
            let key = ObjectKey::from_stored(KEY.to_owned());
            let mut object = against(&rule).open(&key).await.unwrap().unwrap();
            assert_eq!(object.handover.as_deref(), handover);
            assert_eq!(object.body.size(), Some(5));
            assert_eq!(object.body.next().await.unwrap().unwrap(), "bytes");
        }
    }

    #[tokio::test]
    async fn is_deleted_by_its_key() {
        let rule = mock!(Client::delete_object)
            .match_requests(|call| call.bucket() == Some("bucket") && call.key() == Some(KEY))
            .then_output(|| DeleteObjectOutput::builder().build());
        let key = ObjectKey::from_stored(KEY.to_owned());
        against(&rule).delete(&key).await.unwrap();
        assert_eq!(rule.num_calls(), 1);
    }

    #[tokio::test]
    async fn is_there_or_not_whichever_lane_it_came_by() {
        for key in [KEY, "payloads/a/2026-11-21T20/stripe/1"] {
            let rule = mock!(Client::head_object)
                .match_requests(move |call| call.key() == Some(key))
                .then_output(|| HeadObjectOutput::builder().content_length(5).build());
            let object = ObjectKey::from_stored(key.to_owned());
            assert!(against(&rule).exists(&object).await.unwrap());
            let gone = mock!(Client::head_object)
                .then_error(|| HeadObjectError::NotFound(NotFound::builder().build()));
            assert!(!against(&gone).exists(&object).await.unwrap());
        }
    }
}
