//! An issuer, an endpoints table and secrets in memory.

use std::{
    cell::{Cell, RefCell},
    collections::BTreeMap,
};

use domain::{EndpointName, KeyRing, Secret, StoreError, Timestamp};
use outbound::FetchProblem;
use runtime::Metrics;
use serde_json::{Value, json};

use super::*;

const URL: &str = "https://issuer.example/keys";

struct World {
    config: RefCell<Value>,
    answer: RefCell<Result<Vec<u8>, FetchProblem>>,
    secret: RefCell<Option<Secret>>,
    puts: Cell<usize>,
    asked: Cell<usize>,
    failing: Cell<&'static str>,
    now: Cell<Timestamp>,
    emitted: RefCell<Vec<Value>>,
}

fn refused() -> StoreError {
    StoreError::Transient {
        operation: "test",
        source: "the n-th call fails".into(),
    }
}

impl World {
    fn new() -> Self {
        Self {
            config: RefCell::new(json!({
                "name": "google", "scheme": "google-pubsub",
                "jwt": {"audience": ["hooks"], "claims": {"email": "push@example"}, "jwks_url": URL},
            })),
            answer: RefCell::new(Ok(set(&["a", "b"]))),
            secret: RefCell::new(None),
            puts: Cell::new(0),
            asked: Cell::new(0),
            failing: Cell::new(""),
            now: Cell::new(Timestamp::from_second(1_700_000_000).unwrap()),
            emitted: RefCell::default(),
        }
    }

    /// Five minutes: its turn comes once.
    async fn pass(&self) -> usize {
        let mut failures = 0;
        for _ in 0..5 {
            self.now
                .set(self.now.get() + domain::SignedDuration::from_mins(1));
            failures += self.sets().look().await.0;
        }
        failures
    }

    fn sets(&self) -> KeySets<&Self, &Self, &Self, impl Fn() -> Timestamp, impl Fn(Metrics)> {
        KeySets {
            stack: "coatcheck".to_owned(),
            endpoints: vec![EndpointName::try_from("google".to_owned()).unwrap()],
            directory: self,
            secrets: self,
            issuer: self,
            now: || self.now.get(),
            emit: |metrics: Metrics| {
                let line = metrics.line(self.now.get());
                self.emitted
                    .borrow_mut()
                    .push(serde_json::from_str(&line).unwrap());
            },
        }
    }

    /// The ids of the keys, and whether each ends.
    fn held(&self) -> Vec<(String, bool)> {
        let secret = self.secret.borrow();
        let text = secret.as_ref().map_or("", Secret::expose);
        let ring = KeyRing::from_text(text, "x").unwrap();
        let keys = ring.keys().iter();
        keys.map(|key| (key.id.clone(), key.not_after.is_some()))
            .collect()
    }

    fn kept(&self) -> Vec<Value> {
        let emitted = self.emitted.borrow();
        emitted
            .iter()
            .map(|line| line["KeySetsKept"].clone())
            .collect()
    }
}

impl EndpointConfigs for &World {
    async fn find(&self, name: &EndpointName) -> Result<Option<String>, StoreError> {
        if self.failing.get() == "find" {
            return Err(refused());
        }
        let config = self.config.borrow();
        Ok((config["name"] == name.as_str()).then(|| config.to_string()))
    }
}

impl Issuer for &World {
    async fn get(&self, url: &str) -> Result<Vec<u8>, FetchProblem> {
        assert_eq!(url, URL);
        self.asked.set(self.asked.get() + 1);
        self.answer.borrow().clone()
    }
}

impl EndpointSecrets for &World {
    async fn current(&self, _: &EndpointName) -> Result<Option<Secret>, StoreError> {
        if self.failing.get() == "current" {
            return Err(refused());
        }
        Ok(self.secret.borrow().clone())
    }

    async fn put(&self, _: &EndpointName, text: &Secret) -> Result<(), StoreError> {
        if self.failing.get() == "put" {
            return Err(refused());
        }
        self.puts.set(self.puts.get() + 1);
        *self.secret.borrow_mut() = Some(text.clone());
        Ok(())
    }
}

/// An RSA key of this id; each has another modulus.
fn jwk(id: &str) -> Value {
    let mut digits = "w".repeat(341);
    digits.replace_range(9..10, &id[..1]);
    json!({"kty": "RSA", "kid": id, "n": format!("{digits}w"), "e": "AQAB", "alg": "RS256", "use": "sig"})
}

fn set(ids: &[&str]) -> Vec<u8> {
    let keys: Vec<Value> = ids.iter().map(|id| jwk(id)).collect();
    json!({ "keys": keys }).to_string().into_bytes()
}

fn named(ids: &[(&str, bool)]) -> Vec<(String, bool)> {
    ids.iter()
        .map(|(id, ends)| ((*id).to_owned(), *ends))
        .collect()
}

#[tokio::test]
async fn the_keys_are_those_of_the_issuer_and_written_when_they_change() {
    let world = World::new();
    assert_eq!(world.pass().await, 0);
    assert_eq!(world.held(), named(&[("a", false), ("b", false)]));
    world.pass().await;
    assert_eq!((world.asked.get(), world.puts.get()), (2, 1));
    *world.answer.borrow_mut() = Ok(set(&["b", "c"]));
    world.pass().await;
    assert_eq!(
        world.held(),
        named(&[("b", false), ("c", false), ("a", true)])
    );
    for _ in 0..20 {
        world.pass().await;
    }
    assert_eq!(world.puts.get(), 2, "an end that comes is nothing to write");
    assert!(world.kept().iter().all(|kept| *kept == 0));
    assert_eq!(world.kept().len(), 23);
}

#[tokio::test]
async fn an_issuer_that_is_down_or_talks_rubbish_takes_no_key_away() {
    let world = World::new();
    world.pass().await;
    let before = world.held();
    let symmetric = json!({"keys": [{"kty": "oct", "kid": "a", "k": "AAAA"}]}).to_string();
    let private =
        json!({"keys": [{"kty": "RSA", "kid": "a", "n": jwk("a")["n"], "e": "AQAB", "d": "x"}]})
            .to_string();
    let nameless = json!({"keys": [{"kty": "RSA", "n": jwk("a")["n"], "e": "AQAB"}]}).to_string();
    let many: Vec<String> = (0..9).map(|at| format!("{at}")).collect();
    let many: Vec<&str> = many.iter().map(String::as_str).collect();
    for answer in [
        Err(FetchProblem::Timeout),
        Err(FetchProblem::Status(500)),
        Err(FetchProblem::Redirect),
        Ok(Vec::new()),
        Ok(b"<html>".to_vec()),
        Ok(b"{}".to_vec()),
        Ok(br#"{"keys":[]}"#.to_vec()),
        Ok(br#"{"keys":["a",1,null,{}]}"#.to_vec()),
        Ok(symmetric.into_bytes()),
        Ok(private.into_bytes()),
        Ok(nameless.into_bytes()),
        Ok(set(&many)),
    ] {
        *world.answer.borrow_mut() = answer.clone();
        world.emitted.borrow_mut().clear();
        assert_eq!(world.pass().await, 0, "{answer:?}");
        assert_eq!(world.kept(), [1], "{answer:?}");
        assert_eq!(world.held(), before);
    }
    assert_eq!(world.puts.get(), 1);
}

#[tokio::test]
async fn a_set_may_hold_more_than_we_need() {
    let world = World::new();
    let mut keys: Vec<Value> = vec![jwk("a")];
    keys.push(json!({"kty": "EC", "kid": "ec", "crv": "P-256", "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU", "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}));
    let mut encrypting = jwk("b");
    encrypting["use"] = json!("enc");
    keys.push(encrypting);
    let mut other = jwk("c");
    other["alg"] = json!("RS512");
    keys.push(other);
    let mut again = jwk("a");
    again["x5c"] = json!(["MIIC"]);
    keys.push(again);
    *world.answer.borrow_mut() = Ok(json!({"keys": keys, "more": 1}).to_string().into_bytes());
    world.pass().await;
    assert_eq!(world.held(), named(&[("a", false)]));
    assert!(
        !world
            .secret
            .borrow()
            .as_ref()
            .unwrap()
            .expose()
            .contains("x5c")
    );
}

#[tokio::test]
async fn what_is_no_ring_is_replaced() {
    let world = World::new();
    for broken in ["{", "{\"keys\":[]}"] {
        *world.secret.borrow_mut() = Some(Secret::new(broken));
        world.pass().await;
        assert_eq!(world.held().len(), 2, "{broken}");
    }
}

#[tokio::test]
async fn a_store_that_fails_fails_the_run() {
    let world = World::new();
    for call in ["find", "current", "put"] {
        world.failing.set(call);
        assert_eq!(world.pass().await, 1, "{call}");
    }
    assert_eq!(world.puts.get(), 0);
    world.failing.set("");
    assert_eq!(world.pass().await, 0);
    assert_eq!(world.held().len(), 2);
}

#[tokio::test]
async fn an_endpoint_that_is_gone_or_has_no_issuer_any_more_is_left_alone() {
    let world = World::new();
    for config in [
        json!({"name": "other", "scheme": "github"}),
        json!({"name": "google", "scheme": "github"}),
        json!({"name": "google", "scheme": "google-pubsub"}),
        json!({"name": "google", "scheme": "google-pubsub", "jwt": {"audience": ["a"], "claims": {"email": "e"}, "jwks_url": "none"}}),
        json!({"name": "google"}),
    ] {
        *world.config.borrow_mut() = config;
        assert_eq!(world.pass().await, 0);
    }
    assert_eq!((world.asked.get(), world.puts.get()), (0, 0));
}

/// Every answer by which an issuer can be told from another: none of them is in a message of ours.
#[test]
fn a_problem_has_no_text_of_the_issuer() {
    let texts: BTreeMap<String, ()> = [
        published::KeySetProblem::Form,
        published::KeySetProblem::NoKey,
        published::KeySetProblem::TooMany,
    ]
    .into_iter()
    .map(|problem| (problem.to_string(), ()))
    .collect();
    assert_eq!(texts.len(), 3);
}
