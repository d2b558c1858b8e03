use aws_lc_rs::digest::{SHA256, digest};
use bytes::Bytes;
use domain::{
    Digest, Event, Headers, Inserted, KeyRing, KeyStore, Metadata, ObjectKey, PayloadStore,
    Pointer, PointerStore, Ref, SignedDuration, Timestamp,
};
use signature::{Key, Rejection, Verified, Verifier};
use tracing::{info, warn};

use crate::{
    endpoints::{Endpoints, Prepared, scheme_name},
    gateway::{Answer, Request, Response},
    keys::Keys,
    refusal::Refusal,
    trace::traceparent,
};

/// Takes deliveries: verify, then the payload, then the pointer, then 2xx.
pub(crate) struct Ingest<P, Q, K> {
    payloads: P,
    pointers: Q,
    keys: Keys<K>,
    endpoints: Endpoints,
    pointer_ttl: SignedDuration,
}

/// One delivery, decoded.
struct Delivery {
    headers: Headers,
    body: Bytes,
    traceparent: String,
    received_at: Timestamp,
}

/// What became of a delivery that was taken.
struct Taken {
    status: &'static str,
    reference: Ref,
}

impl<P, Q, K> Ingest<P, Q, K>
where
    P: PayloadStore<Body = Bytes> + Sync,
    Q: PointerStore + Sync,
    K: KeyStore + Sync,
{
    pub(crate) fn new(payloads: P, pointers: Q, keys: K, pointer_ttl_days: u32) -> Self {
        let pointer_ttl = SignedDuration::from_hours(24 * i64::from(pointer_ttl_days));
        Self {
            payloads,
            pointers,
            keys: Keys::new(keys),
            endpoints: Endpoints::new(),
            pointer_ttl,
        }
    }

    /// Answers a delivery. Never fails: what goes wrong is an answer too.
    pub(crate) async fn receive(
        &self,
        request: Request,
        xray: Option<&str>,
        now: Timestamp,
    ) -> Response {
        let config = request.request_context.authorizer.endpoint.as_deref();
        let prepared = config
            .ok_or_else(|| {
                Refusal::misconfigured("the request came without the authorizer's context")
            })
            .and_then(|config| self.endpoints.prepare(config, now));
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refusal) => return refusal.answer("unknown"),
        };
        match self.take(&prepared, request, xray, now).await {
            Ok(Taken { status, reference }) => Response::new(
                200,
                None,
                &Answer::Taken {
                    status,
                    reference: &reference.to_string(),
                },
            ),
            Err(refusal) => refusal.answer(prepared.endpoint.name.as_str()),
        }
    }

    async fn take(
        &self,
        prepared: &Prepared,
        request: Request,
        xray: Option<&str>,
        now: Timestamp,
    ) -> Result<Taken, Refusal> {
        let headers = runtime::headers(request.headers, request.multi_value_headers);
        let body = decode(
            request.body,
            request.is_base64_encoded,
            prepared.endpoint.body_limit(),
        )?;
        let traceparent = traceparent(&headers, xray);
        let delivery = Delivery {
            headers,
            body,
            traceparent,
            received_at: now,
        };
        let verified = self.verify(prepared, &delivery).await?;
        let (pointer, metadata) = self.point(prepared, &delivery, &verified)?;
        self.store(pointer, metadata, verified.into_body()).await
    }

    /// Checks the signature under the live keys, and once more under newer ones
    /// if there are any.
    async fn verify(
        &self,
        prepared: &Prepared,
        delivery: &Delivery,
    ) -> Result<Verified<Bytes>, Refusal> {
        let (endpoint, now) = (&prepared.endpoint.name, delivery.received_at);
        let check = |ring: &KeyRing| {
            let keys: Vec<Key> = ring.live(now).map(Key::from).collect();
            let body = delivery.body.clone();
            prepared
                .verifier
                .verify(&delivery.headers, body, &keys, now.as_second())
                .map_err(|rejection| match rejection {
                    Rejection::KeyUnusable => unusable(&prepared.verifier, &keys),
                    other => other.into(),
                })
        };
        let ring = self.keys.of(endpoint, now).await?;
        match check(&ring) {
            // Keys that were just rotated, or just mended, may be what is missing.
            Err(
                refusal @ (Refusal::Unauthorized(Rejection::SignatureMismatch)
                | Refusal::Misconfigured(_)),
            ) => match self.keys.newer_than(&ring, endpoint, now).await? {
                Some(newer) => check(&newer),
                None => Err(refusal),
            },
            outcome => outcome,
        }
    }

    /// Names the event and writes its claim check.
    fn point(
        &self,
        prepared: &Prepared,
        delivery: &Delivery,
        verified: &Verified<Bytes>,
    ) -> Result<(Pointer, Metadata), Refusal> {
        let (endpoint, received_at) = (&prepared.endpoint, delivery.received_at);
        let found = prepared
            .places
            .look_up(&delivery.headers, verified.body())?;
        let id_is_signed = prepared
            .places
            .locations()
            .id
            .as_ref()
            .is_some_and(|id| verified.is_signed(id));
        let event = Event::identify(
            found,
            endpoint.dedupe,
            id_is_signed,
            || verified.signed_sha256(),
            received_at,
        )?;
        let sha256 = verified.payload_sha256();
        let event_key_digest = sha256_of(event.key.as_str());
        let key = ObjectKey::new(&endpoint.name, event_key_digest, sha256, received_at);
        let pointer = Pointer {
            endpoint: endpoint.name.clone(),
            event,
            received_at,
            content_type: content_type(&delivery.headers)?,
            size: verified.body().len() as u64,
            sha256,
            bucket: self.payloads.bucket().to_owned(),
            key,
            traceparent: delivery.traceparent.clone(),
            scheme: scheme_name(&endpoint.scheme).to_owned(),
            key_id: verified.key_id().to_owned(),
            expires_at: received_at + self.pointer_ttl,
        };
        let metadata =
            Metadata::describe(&pointer, &prepared.verifier.evidence(&delivery.headers))?;
        Ok((pointer, metadata))
    }

    /// First the payload, then the pointer: a pointer that can be seen always
    /// has its payload. A crash in between leaves a payload that the provider's
    /// retry meets again, or the sweep finds.
    async fn store(
        &self,
        pointer: Pointer,
        metadata: Metadata,
        body: Bytes,
    ) -> Result<Taken, Refusal> {
        self.payloads
            .put(
                &pointer.key,
                body,
                pointer.sha256,
                &pointer.content_type,
                &metadata,
            )
            .await?;
        let inserted = self.pointers.insert(&pointer).await?;
        let reference = pointer.reference();
        let status = match inserted {
            Inserted::New => "accepted",
            Inserted::Duplicate { sha256 } => {
                if sha256 != pointer.sha256 {
                    warn!(r#ref = %reference, kept = %sha256, differs = %pointer.sha256, "the same event came with other bytes; the first stay");
                }
                "duplicate"
            }
        };
        info!(
            r#ref = %reference,
            endpoint = %pointer.endpoint,
            r#type = %pointer.event.kind.escape_default(),
            bytes = pointer.size,
            key_id = pointer.key_id,
            traceparent = pointer.traceparent,
            status,
            "taken"
        );
        Ok(Taken { status, reference })
    }
}

/// Says of each key what is wrong with it, and nothing of its content.
fn unusable(verifier: &Verifier, keys: &[Key]) -> Refusal {
    let problems = keys
        .iter()
        .filter_map(|key| Some(format!("key {}: {}", key.id(), verifier.key_problem(key)?)));
    Refusal::misconfigured(problems.collect::<Vec<_>>().join("; "))
}

/// The body's exact bytes. Its length is judged before it is decoded.
fn decode(body: Option<String>, is_base64: bool, limit: usize) -> Result<Bytes, Refusal> {
    let mut bytes = body.unwrap_or_default().into_bytes();
    let length = if is_base64 {
        bytes.len() / 4 * 3 - padding(&bytes)
    } else {
        bytes.len()
    };
    if length > limit {
        return Err(Refusal::TooLarge {
            bytes: length,
            limit,
        });
    }
    if is_base64 {
        let decoded = base64_simd::STANDARD
            .decode_inplace(&mut bytes)
            .map_err(|_| {
                Refusal::malformed(
                    "body_not_base64",
                    "the body is not the base64 it is said to be",
                )
            })?
            .len();
        bytes.truncate(decoded);
    }
    Ok(bytes.into())
}

fn padding(base64: &[u8]) -> usize {
    base64
        .iter()
        .rev()
        .take(2)
        .take_while(|byte| **byte == b'=')
        .count()
        .min(base64.len() / 4 * 3)
}

/// As received. It goes into a header of S3's, so it has to be one.
fn content_type(headers: &Headers) -> Result<String, Refusal> {
    const MAX_BYTES: usize = 256;
    let problem = |what: &str| {
        Refusal::malformed(
            "content_type_invalid",
            format!("the Content-Type is {what}"),
        )
    };
    match headers
        .one("content-type")
        .map_err(|_| problem("repeated"))?
    {
        None | Some("") => Ok("application/octet-stream".to_owned()),
        Some(text) if text.len() > MAX_BYTES => Err(problem("longer than 256 bytes")),
        Some(text) if text.bytes().all(|b| (0x20..0x7f).contains(&b)) => Ok(text.to_owned()),
        Some(_) => Err(problem("not printable ASCII")),
    }
}

fn sha256_of(text: &str) -> Digest {
    let mut bytes = [0; 32];
    bytes.copy_from_slice(digest(&SHA256, text.as_bytes()).as_ref());
    Digest(bytes)
}
