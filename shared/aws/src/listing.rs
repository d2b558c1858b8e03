use std::collections::HashMap;

use aws_sdk_s3::{Client, error::SdkError, operation::head_object::HeadObjectError, types::Object};
use domain::{Lane, ObjectKey, StoreError, Timestamp};

use crate::{
    Sdk,
    failure::{classify, permanent},
};

const LIST: &str = "s3:ListObjectsV2";
const HEAD: &str = "s3:HeadObject";

/// The most that S3 gives at once.
const AT_ONCE: i32 = 1_000;

/// The Content-Type that S3 gives an object without one.
const UNKNOWN_TYPE: &str = "application/octet-stream";

/// Looks through the payload bucket without reading a payload.
#[derive(Debug, Clone)]
pub struct Listing {
    client: Client,
    bucket: String,
}

/// Some objects, in the order of their keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObjects {
    /// At most 1,000.
    pub objects: Vec<ListedObject>,
    /// Where to continue; `None`: this was all.
    pub next: Option<String>,
}

/// What a listing shows of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedObject {
    /// Its key, whatever it is.
    pub key: ObjectKey,
    /// Bytes.
    pub size: u64,
    /// When it was stored.
    pub modified_at: Timestamp,
}

/// An object's metadata.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// As received.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// As it was stored: names in lower case.
    pub metadata: HashMap<String, String>,
}

impl Listing {
    /// Looks into this bucket.
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

    /// The bucket.
    #[must_use]
    pub fn bucket(&self) -> &str {
        &self.bucket
    }

    /// The payloads of this lane and shard that were received in this hour
    /// (`2026-11-21T20`), from the beginning or after an earlier page.
    ///
    /// # Errors
    /// As [`StoreError`] says.
    pub async fn list(
        &self,
        lane: Lane,
        shard: char,
        hour: &str,
        after: Option<String>,
    ) -> Result<ListedObjects, StoreError> {
        let answer = self
            .client
            .list_objects_v2()
            .bucket(&self.bucket)
            .prefix(format!("{}/{shard}/{hour}/", lane.prefix()))
            .set_start_after(after)
            .max_keys(AT_ONCE)
            .send()
            .await
            .map_err(|error| classify(LIST, &error))?;
        let more = answer.is_truncated == Some(true);
        let objects = answer
            .contents
            .unwrap_or_default()
            .into_iter()
            .map(listed)
            .collect::<Result<Vec<_>, _>>()?;
        let next = match objects.last() {
            Some(last) if more => Some(last.key.to_string()),
            // To report the end here could lose the rest.
            None if more => return Err(permanent(LIST, "an empty page that is not the last")),
            _ => None,
        };
        Ok(ListedObjects { objects, next })
    }

    /// The object's metadata. `None`: it is gone.
    ///
    /// # Errors
    /// As [`StoreError`] says. A role without `s3:ListBucket` gets 403 for an object
    /// that is gone, so that is permanent, not `None`.
    pub async fn describe(&self, key: &ObjectKey) -> Result<Option<Described>, StoreError> {
        let outcome = self
            .client
            .head_object()
            .bucket(&self.bucket)
            .key(key.as_str())
            .send()
            .await;
        match outcome {
            Ok(object) => Ok(Some(Described {
                size: size(HEAD, object.content_length)?,
                content_type: object.content_type.unwrap_or(UNKNOWN_TYPE.to_owned()),
                metadata: object.metadata.unwrap_or_default(),
            })),
            Err(SdkError::ServiceError(failed))
                if matches!(failed.err(), HeadObjectError::NotFound(_)) =>
            {
                Ok(None)
            }
            Err(error) => Err(classify(HEAD, &error)),
        }
    }
}

fn listed(object: Object) -> Result<ListedObject, StoreError> {
    let lacks = |name| permanent(LIST, format!("an object has no {name}"));
    let modified_at = object
        .last_modified
        .and_then(|at| Timestamp::new(at.secs(), at.subsec_nanos().try_into().ok()?).ok());
    Ok(ListedObject {
        key: ObjectKey::from_stored(object.key.ok_or_else(|| lacks("key"))?),
        size: size(LIST, object.size)?,
        modified_at: modified_at.ok_or_else(|| lacks("time"))?,
    })
}

fn size(operation: &'static str, bytes: Option<i64>) -> Result<u64, StoreError> {
    bytes
        .and_then(|bytes| bytes.try_into().ok())
        .ok_or_else(|| permanent(operation, "an object has no size"))
}

#[cfg(test)]
mod tests {
    use aws_sdk_s3::{
        operation::{head_object::HeadObjectOutput, list_objects_v2::ListObjectsV2Output},
        primitives::DateTime,
    };
    use aws_smithy_mocks::{Rule, RuleMode, mock, mock_client};
    use aws_smithy_runtime_api::{client::orchestrator::HttpResponse, http::StatusCode};
    use aws_smithy_types::body::SdkBody;

    use super::*;

    fn against(rule: &Rule) -> Listing {
        Listing {
            client: mock_client!(aws_sdk_s3, RuleMode::MatchAny, [rule]),
            bucket: "payloads".to_owned(),
        }
    }

    /// A page that begins after this key.
    fn page(after: Option<&'static str>, keys: &'static [&'static str], more: bool) -> Rule {
        mock!(Client::list_objects_v2)
            .match_requests(move |call| {
                call.bucket() == Some("payloads")
                    && call.prefix() == Some("payloads/a/2026-11-21T20/")
                    && call.start_after() == after
                    && call.max_keys() == Some(1_000)
            })
            .then_output(move || {
                let object = |key: &&str| {
                    let at = DateTime::from_millis(1_795_294_797_414);
                    let object = Object::builder().key(*key).size(7).last_modified(at);
                    object.build()
                };
                ListObjectsV2Output::builder()
                    .set_contents(Some(keys.iter().map(object).collect()))
                    .is_truncated(more)
                    .build()
            })
    }

    async fn list(rule: &Rule, after: Option<&str>) -> Result<ListedObjects, StoreError> {
        let after = after.map(str::to_owned);
        against(rule)
            .list(Lane::Standard, 'a', "2026-11-21T20", after)
            .await
    }

    #[tokio::test]
    async fn pages_follow_each_other_by_key() {
        let first = list(&page(None, &["k1", "k2"], true), None).await.unwrap();
        assert_eq!(first.next.as_deref(), Some("k2"));
        let object = ListedObject {
            key: ObjectKey::from_stored("k1".to_owned()),
            size: 7,
            modified_at: "2026-11-21T20:59:57.414Z".parse().unwrap(),
        };
        assert_eq!(first.objects[0], object);
        let last = page(Some("k2"), &["k3"], false);
        assert_eq!(list(&last, Some("k2")).await.unwrap().next, None);
        let empty = list(&page(None, &[], false), None).await.unwrap();
        assert_eq!((empty.objects, empty.next), (vec![], None));
        assert!(list(&page(None, &[], true), None).await.is_err());
    }

    #[tokio::test]
    async fn an_object_says_what_it_was_put_with() {
        let rule = mock!(Client::head_object)
            .match_requests(|call| call.bucket() == Some("payloads") && call.key() == Some("k"))
            .then_output(|| {
                HeadObjectOutput::builder()
                    .content_length(7)
                    .content_type("text/plain")
                    .metadata("event-key", "evt_1")
                    .build()
            });
        let key = ObjectKey::from_stored("k".to_owned());
        let described = Described {
            content_type: "text/plain".to_owned(),
            size: 7,
            metadata: HashMap::from([("event-key".to_owned(), "evt_1".to_owned())]),
        };
        let found = against(&rule).describe(&key).await.unwrap();
        assert_eq!(found, Some(described));
    }

    #[tokio::test]
    async fn gone_is_an_answer_and_a_refusal_is_not() {
        let key = ObjectKey::from_stored("k".to_owned());
        // S3 answers HEAD without a body, so without a code.
        for (status, gone, later) in [(404, true, false), (403, false, false), (503, false, true)] {
            let rule = mock!(Client::head_object)
                .sequence()
                .http_response(move || {
                    HttpResponse::new(StatusCode::try_from(status).unwrap(), SdkBody::empty())
                })
                .repeatedly()
                .build();
            match against(&rule).describe(&key).await {
                Ok(found) => assert!(gone && found.is_none(), "{status}"),
                Err(error) => {
                    let transient = matches!(error, StoreError::Transient { .. });
                    assert_eq!((gone, transient), (false, later), "{status}");
                }
            }
        }
    }
}
