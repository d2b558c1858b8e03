use std::{collections::BTreeMap, sync::Mutex};

use bytes::Bytes;
use domain::{
    DirectoryError, EndpointName, Handover, Headers, KeyRing, ObjectKey, Pointer, SchemaJudge,
    SchemeRef, Timestamp,
};
use intake::{DeliveryOutcome, Intake, Repetition};
use signature::{Key, Scheme, SignInput, sign};
use testkit::{Fault, Faults, MemoryDirectory, MemoryKeys};

use super::table::Table;
use crate::{Admit, Admitted, Undone};

pub(super) const NOW: i64 = 1_795_298_397;
pub(super) const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
pub(super) const EVENT: &[u8] =
    br#"{"id":"in_1","type":"invoice.paid","data":{"customer":"cus_1"},"canary":"BODYCANARY"}"#;

const ENDPOINTS: [(&str, &str); 11] = [
    (
        "billing",
        r#"{"name":"billing","scheme":"standard-webhooks","lane":"direct","event":{"type":{"json":"/type"},"subject":{"json":"/data/customer"}}}"#,
    ),
    (
        "ordered",
        r#"{"name":"ordered","scheme":"standard-webhooks","lane":"direct","event":{"type":{"json":"/type"},"ordering_key":{"json":"/data/customer"}}}"#,
    ),
    (
        "stripe",
        r#"{"name":"stripe","scheme":"stripe","lane":"direct"}"#,
    ),
    (
        "keeping",
        r#"{"name":"keeping","scheme":"standard-webhooks","lane":"direct","attributes":{"customer":{"json":"/data/customer","index":true},"amount":{"json":"/data"},"plan":{"header":"x-plan"}}}"#,
    ),
    (
        "dropbox",
        r#"{"name":"dropbox","scheme":"dropbox","lane":"direct"}"#,
    ),
    (
        "small",
        r#"{"name":"small","scheme":"stripe","lane":"direct","max_body_bytes":20}"#,
    ),
    (
        "short",
        r#"{"name":"short","scheme":"stripe","lane":"direct","retention_days":22}"#,
    ),
    (
        "framed",
        r#"{"name":"framed","lane":"direct","scheme":{"kind":"hmac","hash":"sha256","signature":{"headers":["x-sig"],"grammar":"whole","encoding":"hex"},"content":[{"header":"x-time"},{"lit":"."},{"body":true}]}}"#,
    ),
    (
        "token",
        r#"{"name":"token","scheme":"gitlab-token","lane":"direct"}"#,
    ),
    (
        "signed",
        r#"{"name":"signed","lane":"direct","scheme":{"kind":"http-message","algorithm":"hmac-sha256","components":["content-digest","x-event-id"]},"event":{"id":{"header":"x-event-id"},"type":{"literal":"t"}}}"#,
    ),
    (
        "broken",
        r#"{"name":"broken","scheme":"nobody","lane":"direct"}"#,
    ),
];

/// Everything around `Admit`.
pub(super) struct World {
    pub(super) pointers: Table,
    pub(super) keys: MemoryKeys,
    endpoints: MemoryDirectory,
    pub(super) objects: Mutex<BTreeMap<String, (Option<String>, Bytes)>>,
    /// Bytes of a piece.
    pub(super) piece: usize,
    /// Of the calls on objects.
    pub(super) faults: Faults,
}

impl World {
    pub(super) fn new() -> Self {
        let endpoints = MemoryDirectory::default();
        for (name, config) in ENDPOINTS {
            endpoints.put(name, config);
        }
        Self {
            pointers: Table::default(),
            keys: MemoryKeys::new(ring(SECRET)),
            endpoints,
            objects: Mutex::default(),
            piece: 7,
            faults: Faults::default(),
        }
    }

    /// A delivery as the authorizer and API Gateway store it. `id`: the event's.
    pub(super) fn deliver(
        &self,
        endpoint: &str,
        request: &str,
        id: &str,
        body: &[u8],
    ) -> ObjectKey {
        let headers = signed(endpoint, id, body);
        self.store(endpoint, request, None, headers, body)
    }

    pub(super) fn deliver_at(
        &self,
        endpoint: &str,
        request: &str,
        id: &str,
        body: &[u8],
        second: i64,
    ) -> ObjectKey {
        let headers = signed_at(endpoint, id, body, second);
        self.store_at(endpoint, request, None, headers, body, second)
    }

    pub(super) fn store(
        &self,
        endpoint: &str,
        request: &str,
        key_id: Option<&str>,
        headers: Vec<(String, String)>,
        body: &[u8],
    ) -> ObjectKey {
        self.store_at(endpoint, request, key_id, headers, body, NOW)
    }

    fn store_at(
        &self,
        endpoint: &str,
        request: &str,
        key_id: Option<&str>,
        headers: Vec<(String, String)>,
        body: &[u8],
        second: i64,
    ) -> ObjectKey {
        let received_at = Timestamp::from_second(second).unwrap();
        let (shard, hour) = ObjectKey::place_incoming(request, received_at);
        let key = format!("incoming/{shard}/{hour}/{endpoint}/{request}");
        let handover = Handover {
            received_at,
            key_id: key_id.map(str::to_owned),
            config: Intake::from_json(config(endpoint))
                .ok()
                .map(|one| one.fingerprint),
            headers: Headers::from_pairs(headers),
        };
        let object = (handover.to_metadata(), Bytes::copy_from_slice(body));
        self.objects.lock().unwrap().insert(key.clone(), object);
        ObjectKey::from_stored(key)
    }

    pub(super) fn forget_handover(&self, key: &ObjectKey) {
        self.objects
            .lock()
            .unwrap()
            .get_mut(key.as_str())
            .unwrap()
            .0 = None;
    }

    pub(super) fn has(&self, key: &ObjectKey) -> bool {
        self.objects.lock().unwrap().contains_key(key.as_str())
    }

    /// Judges an object, an hour after it came, with functions that have cached nothing yet.
    pub(super) async fn admit(&self, key: &ObjectKey) -> Result<Admitted, Undone> {
        self.admit_with(key, []).await
    }

    /// As [`Self::admit`]; the table's calls go as these say.
    pub(super) async fn admit_with(
        &self,
        key: &ObjectKey,
        faults: impl IntoIterator<Item = Fault>,
    ) -> Result<Admitted, Undone> {
        self.admit_at(key, NOW + 3600, faults).await
    }

    pub(super) async fn admit_at(
        &self,
        key: &ObjectKey,
        second: i64,
        faults: impl IntoIterator<Item = Fault>,
    ) -> Result<Admitted, Undone> {
        self.pointers.faults.set(faults);
        let admit = Admit::new(self, &self.pointers, &self.endpoints, &self.keys, 90);
        let then = Timestamp::from_second(second).unwrap();
        let admitted = admit.admit("payloads", key, then).await;
        self.pointers.faults.set([]);
        admitted
    }

    /// As [`Self::admit`], with what judges payloads by schemas.
    pub(super) async fn admit_judging<J: SchemaJudge>(
        &self,
        key: &ObjectKey,
        schemas: J,
    ) -> Result<Admitted, Undone> {
        let admit = Admit::new(self, &self.pointers, &self.endpoints, &self.keys, 90);
        let then = Timestamp::from_second(NOW + 3600).unwrap();
        let admit = admit.judging(schemas);
        admit.admit("payloads", key, then).await
    }

    /// Judges an object whose message was received this often.
    pub(super) async fn attend(&self, key: &ObjectKey, tries: u32) -> Result<Admitted, Undone> {
        let admit = Admit::new(self, &self.pointers, &self.endpoints, &self.keys, 90);
        let then = Timestamp::from_second(NOW + 3600).unwrap();
        admit.attend("payloads", key, tries, then).await
    }

    /// Replaces the configuration of an endpoint by its first one, changed.
    pub(super) fn configure(&self, endpoint: &str, from: &str, to: &str) {
        let changed = config(endpoint).replace(from, to);
        assert_ne!(changed, config(endpoint), "{from}");
        self.endpoints.put(endpoint, &changed);
    }

    /// Takes an object away while no function is looking.
    pub(super) fn lose(&self, key: &ObjectKey) {
        self.objects.lock().unwrap().remove(key.as_str()).unwrap();
    }

    pub(super) fn directory(&self) -> &MemoryDirectory {
        &self.endpoints
    }

    /// The only pointer there is. Its object is there, with its digest and size.
    pub(super) fn pointer(&self) -> Pointer {
        let all = self.pointers.all();
        assert_eq!(all.len(), 1, "{all:?}");
        let pointer = all.into_iter().next().unwrap();
        let objects = self.objects.lock().unwrap();
        let (_, body) = &objects[pointer.object().unwrap().as_str()];
        assert_eq!(pointer.size, body.len() as u64);
        assert_eq!(pointer.sha256, domain::Digest::of(body));
        pointer
    }
}

/// Keys that have not changed for a day when the deliveries come.
pub(super) fn ring(secret: &str) -> KeyRing {
    ring_since(secret, NOW - 86_400)
}

pub(super) fn ring_since(secret: &str, second: i64) -> KeyRing {
    let ring = KeyRing::from_versions(secret, None).unwrap();
    ring.held_since(Timestamp::from_second(second).unwrap())
}

fn config(endpoint: &str) -> &'static str {
    ENDPOINTS
        .iter()
        .find(|(name, _)| *name == endpoint)
        .unwrap()
        .1
}

/// The headers that a provider signs a body with.
pub(super) fn signed(endpoint: &str, id: &str, body: &[u8]) -> Vec<(String, String)> {
    signed_at(endpoint, id, body, NOW)
}

fn signed_at(endpoint: &str, id: &str, body: &[u8], now: i64) -> Vec<(String, String)> {
    let endpoint = domain::Endpoint::from_json(config(endpoint)).unwrap();
    let scheme = Scheme::resolve(&endpoint.scheme).unwrap();
    let is_standard = endpoint.scheme == SchemeRef::Preset("standard-webhooks".into());
    let name = if is_standard {
        "webhook-id"
    } else {
        "x-event-id"
    };
    let input = SignInput {
        body,
        now,
        headers: &[(name, id), ("x-time", "2026")],
        ..SignInput::default()
    };
    let mut headers = sign(&scheme, &Key::new("current", SECRET), &input).unwrap();
    headers.retain(|(name, _)| name != "x-gitlab-token");
    headers.push(("content-type".to_owned(), "application/json".to_owned()));
    headers
}

pub(super) fn stored(admitted: &Admitted) -> Option<Repetition> {
    match admitted {
        Admitted::Judged { log, .. } => match &log.outcome {
            DeliveryOutcome::Stored(stored) => Some(stored.repetition),
            _ => None,
        },
        _ => None,
    }
}

pub(super) fn reason(admitted: &Admitted) -> &'static str {
    match admitted {
        Admitted::Judged { log, .. } => match &log.outcome {
            DeliveryOutcome::Refused { reason } => reason,
            _ => "stored",
        },
        _ => "before",
    }
}

/// Why an object is kept for an operator.
pub(super) fn kept(admitted: &Result<Admitted, Undone>) -> &'static str {
    match admitted {
        Err(Undone::Kept(kept)) => kept.code,
        _ => panic!("{admitted:?}"),
    }
}

/// An endpoint is looked up under its own name only.
#[tokio::test]
async fn the_endpoints_of_these_tests_can_be_used() {
    let world = World::new();
    for (name, _) in ENDPOINTS {
        let directory = domain::Directory::new(&world.endpoints);
        let name = EndpointName::try_from(name.to_owned()).unwrap();
        let now = Timestamp::from_second(NOW).unwrap();
        let found = directory
            .find(&name, now, |config| Intake::from_json(&config))
            .await;
        match found {
            Ok(found) => assert_eq!(found.unwrap().endpoint.name, name),
            Err(DirectoryError::Unusable(_)) => assert_eq!(name.as_str(), "broken"),
            Err(DirectoryError::Store(error)) => panic!("{error}"),
        }
    }
}
