use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use domain::{MAY_NOT_READ_OBJECT, ObjectKey, StoreError, with_causes};
use hyper::Method;
use tokio::time::timeout;

use crate::{
    Environment,
    client::Opened,
    environment::ServiceName,
    object_path::object_path,
    service::{Call, Service, permanent, transient},
    sign::header,
};

const GET: &str = "s3:GetObject";

/// The digest of no bytes, which a request without a body has.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// How long a body may give no byte, as for the SDK.
const STALLED: Duration = Duration::from_secs(20);

/// Fetches payloads, for processors. Its role decides which buckets and keys it may read.
#[derive(Debug)]
pub struct Redemption {
    environment: Environment,
    /// A bucket is known when its first claim is. A stack has one.
    buckets: Mutex<HashMap<String, Arc<Bucket>>>,
}

#[derive(Debug)]
struct Bucket {
    service: Service,
    /// How paths begin.
    base: String,
}

/// An object whose bytes have not been read yet. Its digest is not checked here: the pointer's is,
/// by who reads it.
#[derive(Debug)]
pub struct ObjectBody {
    bucket: Arc<Bucket>,
    left: Left,
}

#[derive(Debug)]
enum Left {
    Some(Opened),
    Nothing,
    /// The connection broke, so nothing more can be known.
    Lost,
}

impl Redemption {
    /// Reads from the bucket that a claim names.
    #[must_use]
    pub fn new(environment: &Environment) -> Self {
        Self {
            environment: environment.clone(),
            buckets: Mutex::default(),
        }
    }

    /// Opens the object. `None`: S3 says that it does not exist.
    ///
    /// # Errors
    /// As [`StoreError`] says. A role without `s3:ListBucket` gets 403 for an
    /// object that is gone, so `AccessDenied` is permanent, not `None`.
    /// <https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html>
    pub async fn open(
        &self,
        bucket: &str,
        key: &ObjectKey,
    ) -> Result<Option<ObjectBody>, StoreError> {
        let bucket = self.bucket(bucket);
        let call = Call {
            operation: GET,
            method: Method::GET,
            path: &object_path(&bucket.base, key),
            headers: vec![header("x-amz-content-sha256", EMPTY)],
            payload: EMPTY,
            body: Bytes::new(),
        };
        match bucket.service.open(&call).await? {
            Ok(opened) => Ok(Some(ObjectBody {
                left: Left::Some(opened),
                bucket,
            })),
            Err(refused) if refused.is("NoSuchKey") => Ok(None),
            Err(refused) if refused.is("AccessDenied") => {
                Err(permanent(GET, MAY_NOT_READ_OBJECT.to_owned()))
            }
            Err(refused) => Err(refused.refused(GET)),
        }
    }

    fn bucket(&self, name: &str) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = buckets.get(name) {
            return Arc::clone(known);
        }
        let (address, base) = self.environment.bucket(name);
        let service = Service::at(address, &self.environment, ServiceName::S3);
        let bucket = Arc::new(Bucket { service, base });
        buckets.insert(name.to_owned(), Arc::clone(&bucket));
        bucket
    }
}

impl ObjectBody {
    /// Bytes that are left, where S3 said so.
    #[must_use]
    pub fn size(&self) -> Option<u64> {
        match &self.left {
            Left::Some(opened) => opened.size(),
            Left::Nothing => Some(0),
            Left::Lost => None,
        }
    }

    /// The next bytes; `None` at the end.
    ///
    /// # Errors
    /// [`StoreError::Transient`]: the connection broke, or gave nothing for 20 seconds. The bytes
    /// so far are useless; open the object again.
    pub async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        loop {
            let opened = match &mut self.left {
                Left::Some(opened) => opened,
                Left::Nothing => return Ok(None),
                Left::Lost => return Err(transient(GET, "the connection broke".to_owned())),
            };
            let why = match timeout(STALLED, opened.frame()).await {
                Ok(Some(Ok(frame))) => match frame.into_data() {
                    Ok(bytes) if !bytes.is_empty() => return Ok(Some(bytes)),
                    // Trailers.
                    _ => continue,
                },
                Ok(Some(Err(error))) => with_causes(&error),
                Ok(None) => {
                    if let Left::Some(opened) = std::mem::replace(&mut self.left, Left::Nothing) {
                        self.bucket.service.done(opened).await;
                    }
                    return Ok(None);
                }
                Err(_) => "no byte for 20 s".to_owned(),
            };
            self.left = Left::Lost;
            return Err(transient(GET, why));
        }
    }
}
