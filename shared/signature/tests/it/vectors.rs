//! Known signatures, each under every scheme that must accept it.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use domain::Headers;
use serde::Deserialize;
use serde_json::Value;
use signature::{Digests, Key, Rejection, Verifier, presets};

use crate::common::{scheme, word};

#[derive(Deserialize)]
struct Vector {
    name: String,
    #[serde(default)]
    schemes: Vec<Value>,
    needs: Option<String>,
    secret: Secrets,
    headers: BTreeMap<String, String>,
    body_b64: String,
    body_sha256: String,
    #[serde(default)]
    now: i64,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Secrets {
    One(String),
    Several(Vec<String>),
}

impl Vector {
    fn body(&self) -> Vec<u8> {
        base64_simd::STANDARD.decode_to_vec(&self.body_b64).unwrap()
    }

    fn keys(&self) -> Vec<Key> {
        let secrets = match &self.secret {
            Secrets::One(secret) => std::slice::from_ref(secret),
            Secrets::Several(secrets) => secrets,
        };
        secrets
            .iter()
            .enumerate()
            .map(|(at, secret)| Key::new(at.to_string(), secret.as_str()))
            .collect()
    }

    fn headers(&self) -> Headers {
        Headers::from_pairs(&self.headers)
    }
}

fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../fixtures/signature-vectors.json")).unwrap()
}

#[test]
fn every_vector_passes_and_no_change_of_it_does() {
    let mut passed = 0;
    for vector in vectors() {
        let name = &vector.name;
        assert_eq!(vector.schemes.is_empty(), vector.needs.is_some(), "{name}");
        for reference in &vector.schemes {
            let verifier = Verifier::compile(&scheme(reference)).unwrap();
            let (headers, body, keys) = (vector.headers(), vector.body(), vector.keys());

            assert_eq!(verifier.precheck(&headers, vector.now), Ok(()), "{name}");
            let verified = verifier.verify(&headers, &body, &keys, vector.now).unwrap();
            assert_eq!(verified.body(), body);
            assert_eq!(
                verified.payload_sha256().to_string(),
                vector.body_sha256,
                "{name}"
            );

            let mut longer = body.clone();
            longer.push(b' ');
            let refused = verifier.verify(&headers, &longer, &keys, vector.now);
            assert_eq!(word(refused), "signature_mismatch", "{name}");
            let other = [Key::new("other", "b3RoZXIgb3RoZXIgb3RoZXIgb3RoZXI=")];
            assert_eq!(
                word(verifier.verify(&headers, &body, &other, vector.now)),
                "signature_mismatch",
                "{name}"
            );
            assert_eq!(
                word(verifier.verify(&headers, &body, &[], vector.now)),
                "key_missing",
                "{name}"
            );
            passed += 1;
        }
    }
    assert!(passed >= 20, "{passed}");
}

#[test]
fn every_timestamped_vector_is_stale_and_in_the_future_at_other_clocks() {
    for vector in vectors() {
        for reference in &vector.schemes {
            let verifier = Verifier::compile(&scheme(reference)).unwrap();
            let at = |now| {
                let whole =
                    word(verifier.verify(&vector.headers(), vector.body(), &vector.keys(), now));
                assert_eq!(
                    word(verifier.precheck(&vector.headers(), now)),
                    whole,
                    "{}",
                    vector.name
                );
                whole
            };
            let expected = if verifier.replay_protected() {
                ["timestamp_stale", "timestamp_future"]
            } else {
                ["ok", "ok"]
            };
            assert_eq!(
                [at(vector.now + 100_000), at(vector.now - 100_000)],
                expected,
                "{}",
                vector.name
            );
        }
    }
}

#[test]
fn every_preset_compiles_has_a_source_and_a_vector() {
    let vectors = vectors();
    let all = presets().unwrap();
    assert!(all.len() >= 3);
    for preset in all {
        Verifier::compile(&preset.scheme)
            .unwrap_or_else(|problem| panic!("{}: {problem}", preset.name));
        assert!(preset.source.starts_with("https://"), "{}", preset.name);
        assert!(!preset.notes.is_empty(), "{}", preset.name);
        let is_it = |vector: &Vector| vector.schemes.iter().any(|scheme| *scheme == preset.name);
        assert!(vectors.iter().any(is_it), "{} has no vector", preset.name);
    }
}

#[test]
fn pieces_of_any_size_give_what_the_whole_gives() {
    for vector in vectors() {
        for reference in &vector.schemes {
            let verifier = Verifier::compile(&scheme(reference)).unwrap();
            let (headers, body, keys) = (vector.headers(), vector.body(), vector.keys());
            let whole = verifier.verify(&headers, &body, &keys, vector.now).unwrap();
            for size in [1, 7, body.len()] {
                let mut session = verifier
                    .begin(
                        &headers,
                        &keys,
                        Digests {
                            payload: true,
                            signed: true,
                        },
                    )
                    .unwrap();
                body.chunks(size).for_each(|piece| session.update(piece));
                let streamed = session.finish(vector.now).unwrap();
                assert_eq!(streamed.key_id(), whole.key_id());
                assert_eq!(
                    streamed.payload_sha256(),
                    Some(whole.payload_sha256()),
                    "{}",
                    vector.name
                );
                assert_eq!(
                    streamed.signed_sha256(),
                    Some(whole.signed_sha256()),
                    "{}",
                    vector.name
                );
            }
            let mut session = verifier.begin(&headers, &keys, Digests::default()).unwrap();
            session.update(&body);
            session.update(b" ");
            assert_eq!(
                session.finish(vector.now).err(),
                Some(Rejection::SignatureMismatch),
                "{}",
                vector.name
            );
        }
    }
}

/// The digest of the signed bytes, by hand for two schemes.
#[test]
fn the_signed_bytes_are_what_the_provider_signed() {
    for (name, prefix) in [("peer-stripe-node", "1700000000."), ("github-docs", "")] {
        let vector = vectors()
            .into_iter()
            .find(|vector| vector.name == name)
            .unwrap();
        let verifier = Verifier::compile(&scheme(&vector.schemes[0])).unwrap();
        let body = vector.body();
        let verified = verifier
            .verify(&vector.headers(), &body, &vector.keys(), vector.now)
            .unwrap();
        let bytes = [prefix.as_bytes(), &body].concat();
        let expected = digest::digest(&digest::SHA256, &bytes);
        assert_eq!(verified.signed_sha256().0, expected.as_ref(), "{name}");
    }
}
