//! The destination against servers on this machine.

mod addresses;
mod answers;
mod auth;
mod connections;
mod content;
mod server;
mod tls;

use std::{
    cell::Cell,
    collections::BTreeMap,
    io,
    net::IpAddr,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use bytes::Bytes;
use domain::{Digest, ObjectKey, Secret, SignedDuration, StoreError, Timestamp};
use serde_json::{Value, json};
use server::Server;
use tokio::time::Instant;

use super::{
    Http,
    dial::Resolve,
    payload::{PayloadBody, Payloads},
    secret::SecretSource,
};
use crate::{
    config::HttpConfig,
    destination::{AtOnce, Destination as _, Outcome, Outgoing, Reason},
    event::Event,
};

const KEY: &str = "whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const OLD_KEY: &str = "whsec_ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";

thread_local! {
    static AHEAD_S: Cell<i64> = const { Cell::new(0) };
}

/// The clock, moved ahead by [`sleep_s`]. A test has one thread.
fn now() -> Timestamp {
    runtime::now() + SignedDuration::from_secs(AHEAD_S.get())
}

/// The function is frozen for so long.
fn freeze_s(seconds: i64) {
    AHEAD_S.set(AHEAD_S.get() + seconds);
}

/// Payloads by key, and what is in memory of them.
#[derive(Clone, Default)]
struct Shelf {
    payloads: BTreeMap<String, Bytes>,
    /// Bytes returned at a time; 0: all.
    piece: usize,
    /// After so many pieces it waits forever.
    stuck_after: Option<usize>,
    /// What is there from the second time on that a payload is opened.
    overwritten: Option<Bytes>,
    opened: Arc<AtomicUsize>,
    in_memory: Arc<AtomicUsize>,
    most_in_memory: Arc<AtomicUsize>,
}

struct ShelfBody {
    rest: Bytes,
    shelf: Shelf,
    given: usize,
}

/// A piece that is counted as long as anyone holds it.
struct Counted(Vec<u8>, Arc<AtomicUsize>);

impl AsRef<[u8]> for Counted {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_sub(self.0.len(), Ordering::SeqCst);
    }
}

impl Payloads for Shelf {
    type Body = ShelfBody;

    async fn open(&self, _: &str, key: &ObjectKey) -> Result<Option<ShelfBody>, StoreError> {
        let key = key.as_str();
        let opened = self.opened.fetch_add(1, Ordering::SeqCst);
        if key == "unreadable" {
            let source = Box::new(io::Error::other("SlowDown"));
            let operation = "s3:GetObject";
            return Err(StoreError::Transient { operation, source });
        }
        let payload = match &self.overwritten {
            Some(other) if opened > 0 => Some(other),
            _ => self.payloads.get(key),
        };
        Ok(payload.map(|payload| ShelfBody {
            rest: payload.clone(),
            shelf: self.clone(),
            given: 0,
        }))
    }
}

impl PayloadBody for ShelfBody {
    async fn next(&mut self) -> Result<Option<Bytes>, StoreError> {
        if self.shelf.stuck_after == Some(self.given) {
            std::future::pending::<()>().await;
        }
        self.given += 1;
        if self.rest.is_empty() {
            // The end is news of its own: what was given before is on its way by then.
            tokio::time::sleep(Duration::from_millis(20)).await;
            return Ok(None);
        }
        let size = match self.shelf.piece {
            0 => self.rest.len(),
            piece => piece.min(self.rest.len()),
        };
        let piece = self.rest.split_to(size).to_vec();
        let in_memory = self.shelf.in_memory.fetch_add(size, Ordering::SeqCst) + size;
        self.shelf
            .most_in_memory
            .fetch_max(in_memory, Ordering::SeqCst);
        let counted = Counted(piece, Arc::clone(&self.shelf.in_memory));
        Ok(Some(Bytes::from_owner(counted)))
    }
}

/// A secret that a test can change, and how often it was read.
#[derive(Clone, Default)]
struct Vault {
    text: Arc<Mutex<String>>,
    reads: Arc<AtomicUsize>,
}

impl Vault {
    fn of(value: &Value) -> Self {
        let vault = Self::default();
        vault.put(value);
        vault
    }

    fn put(&self, value: &Value) {
        *self.text.lock().unwrap() = value.to_string();
    }

    fn reads(&self) -> usize {
        self.reads.load(Ordering::SeqCst)
    }
}

impl SecretSource for Vault {
    async fn read(&self) -> Result<Secret, StoreError> {
        self.reads.fetch_add(1, Ordering::SeqCst);
        let text = self.text.lock().unwrap().clone();
        if text == "null" {
            let source = Box::new(io::Error::other("ResourceNotFoundException"));
            let operation = "secretsmanager:GetSecretValue";
            return Err(StoreError::Permanent { operation, source });
        }
        Ok(Secret::new(text))
    }
}

/// Names and what they resolve to, one answer after the other; the last one stays.
#[derive(Clone, Default)]
struct Names {
    answers: Arc<Mutex<Vec<Vec<IpAddr>>>>,
    asked: Arc<AtomicUsize>,
}

impl Names {
    fn of(answers: &[&[&str]]) -> Self {
        let parse = |one: &&[&str]| one.iter().map(|ip| ip.parse().unwrap()).collect();
        Self {
            answers: Arc::new(Mutex::new(answers.iter().map(parse).collect())),
            asked: Arc::default(),
        }
    }
}

impl Resolve for Names {
    async fn resolve(&self, _: &str) -> io::Result<Vec<IpAddr>> {
        self.asked.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.answers.lock().unwrap();
        match answers.len() {
            0 => Err(io::Error::other("no such name")),
            1 => Ok(answers[0].clone()),
            _ => Ok(answers.remove(0)),
        }
    }
}

/// A destination in the making.
struct Setup {
    config: Value,
    shelf: Shelf,
    vault: Vault,
    names: Names,
    public: Vec<IpAddr>,
}

type Tested = Http<Shelf, Vault, Names>;

impl Setup {
    /// This URL, without signature and credentials.
    fn new(url: &str) -> Self {
        Self {
            config: json!({
                "url": url, "method": "POST", "auth": {"type": "none"}, "sign": "none",
                "body": "payload", "success": ["2xx"], "timeout_s": 2, "allow_private": true,
            }),
            shelf: Shelf::default(),
            vault: Vault::of(&json!({})),
            names: Names::default(),
            public: Vec::new(),
        }
    }

    fn with(mut self, name: &str, value: Value) -> Self {
        self.config[name] = value;
        self
    }

    fn secret(self, value: &Value) -> Self {
        self.vault.put(value);
        self
    }

    fn payload(mut self, key: &str, payload: impl Into<Bytes>) -> Self {
        self.shelf.payloads.insert(key.to_owned(), payload.into());
        self
    }

    fn http(&self) -> Tested {
        let config: HttpConfig = serde_json::from_value(self.config.clone()).unwrap();
        let (shelf, vault) = (self.shelf.clone(), self.vault.clone());
        let mut http = Http::over(&config, "crm", shelf, vault, self.names.clone(), now).unwrap();
        http.access.guard.public.clone_from(&self.public);
        http
    }
}

/// The message of an event over this payload, which is under `key`.
fn message(key: &str, payload: &[u8]) -> Value {
    json!({
        "specversion": "1.0",
        "id": "evt_1",
        "source": "/endpoints/stripe",
        "type": "invoice.paid",
        "subject": "Größe \"1\"",
        "time": "2026-11-21T20:59:50.000Z",
        "datacontenttype": "application/json; charset=utf-8",
        "dataref": format!("s3://bucket/{key}"),
        "datasha256": Digest::of(payload),
        "datasize": payload.len().to_string(),
        "ref": "stripe/evt_1",
        "receivedat": "2026-11-21T20:59:57.414Z",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "replayid": "",
        "replayforce": "false",
        "partitionkey": "ac42",
        "deliveryid": "of the stream",
    })
}

async fn deliver_message(http: &Tested, message: &Value) -> Outcome {
    let event = Event::decode(&message.to_string()).unwrap();
    http.deliver(Outgoing {
        event: &event,
        message_id: "message-1",
        deadline: Instant::now() + Duration::from_secs(20),
        turn: &AtOnce,
    })
    .await
}

/// Delivers an event with the payload `{}`.
async fn deliver(http: &Tested) -> Outcome {
    deliver_message(http, &message("k", b"{}")).await
}

/// A destination at this server, which gets `{}`.
fn setup(server: &Server) -> Setup {
    Setup::new(&server.url("/hook?a=1")).payload("k", "{}")
}

fn delivered(status: u16) -> Outcome {
    Outcome::Delivered {
        status: Some(status),
    }
}

/// A failure before there was an answer, for which the destination is to blame.
fn struck(reason: &'static str) -> Outcome {
    Outcome::Retry {
        reason: Reason(reason),
        status: None,
        after: None,
        strikes: true,
    }
}

/// One for which we are.
fn ours(reason: &'static str) -> Outcome {
    super::attempt::retry_ours(reason)
}
