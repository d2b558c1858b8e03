//! An issuer of tokens, which can also write bad ones.

use std::sync::LazyLock;

use aws_lc_rs::{
    encoding::AsDer,
    hmac,
    rand::SystemRandom,
    rsa::{KeyPair as RsaPair, KeySize},
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256,
    },
};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use coatcheck_signature::{Key, Scheme, Verifier};
use domain::Headers;
use serde_json::{Value, json};

use crate::common::{BODY, NOW, compile, custom, word};

pub(super) const ISSUER: &str = "https://issuer.example/";

/// One pair of each type is enough: making them takes time.
pub(super) struct Pairs {
    rsa: RsaPair,
    ec: EcdsaKeyPair,
    ed: Ed25519KeyPair,
}

pub(super) static PAIRS: LazyLock<Pairs> = LazyLock::new(|| {
    let random = SystemRandom::new();
    let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
    let ec = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
    Pairs {
        rsa: RsaPair::generate(KeySize::Rsa2048).unwrap(),
        ec: EcdsaKeyPair::from_pkcs8(algorithm, ec.as_ref()).unwrap(),
        ed: Ed25519KeyPair::from_seed_unchecked(&[7; 32]).unwrap(),
    }
});

pub(super) fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode_to_string(bytes.as_ref())
}

impl Pairs {
    pub(super) fn jwk(&self, kty: &str) -> Value {
        match kty {
            "RSA" => {
                // A SEQUENCE of two INTEGERs: 256 bytes after a zero, and three.
                let public = self.rsa.public_key().as_ref();
                json!({"kty": "RSA", "n": encode(&public[9..265]), "e": encode(&public[267..270])})
            }
            "EC" => {
                let point = self.ec.public_key().as_ref();
                json!({"kty": "EC", "crv": "P-256", "x": encode(&point[1..33]), "y": encode(&point[33..])})
            }
            _ => json!({"kty": "OKP", "crv": "Ed25519", "x": encode(self.ed.public_key())}),
        }
    }

    /// The RSA key as its `SubjectPublicKeyInfo`, which attackers take for a shared secret.
    fn rsa_der(&self) -> Vec<u8> {
        self.rsa.public_key().as_der().unwrap().as_ref().to_vec()
    }

    /// The private key in PKCS#8, base64.
    pub(super) fn private(&self, kty: &str) -> String {
        STANDARD.encode_to_string(match kty {
            "RSA" => AsDer::as_der(&self.rsa).unwrap().as_ref().to_vec(),
            "EC" => self.ec.to_pkcs8v1().unwrap().as_ref().to_vec(),
            _ => self.ed.to_pkcs8v1().unwrap().as_ref().to_vec(),
        })
    }

    /// Signs as `alg` says, whatever that is.
    pub(super) fn sign(&self, alg: &str, message: &str) -> Vec<u8> {
        let random = SystemRandom::new();
        let message = message.as_bytes();
        let rsa = |padding| {
            let mut signature = vec![0; self.rsa.public_modulus_len()];
            self.rsa
                .sign(padding, &random, message, &mut signature)
                .unwrap();
            signature
        };
        match alg {
            "RS256" => rsa(&RSA_PKCS1_SHA256),
            "PS256" => rsa(&RSA_PSS_SHA256),
            "ES256" => self.ec.sign(&random, message).unwrap().as_ref().to_vec(),
            "EdDSA" => self.ed.sign(message).as_ref().to_vec(),
            "HS256" => {
                let key = hmac::Key::new(hmac::HMAC_SHA256, &self.rsa_der());
                hmac::sign(&key, message).as_ref().to_vec()
            }
            _ => Vec::new(),
        }
    }

    /// A token of these texts.
    pub(super) fn token_of(&self, alg: &str, head: &str, claims: &str) -> String {
        let message = format!("{}.{}", encode(head), encode(claims));
        format!("{message}.{}", encode(self.sign(alg, &message)))
    }

    pub(super) fn token(&self, head: &Value, claims: &Value) -> String {
        let alg = head["alg"].as_str().unwrap_or("ES256");
        self.token_of(alg, &head.to_string(), &claims.to_string())
    }
}

pub(super) fn key(id: &str, jwk: &Value) -> Key {
    Key::new(id, jwk.to_string())
}

/// The three keys, by the ids `rsa`, `ec` and `ed`.
pub(super) fn keys() -> Vec<Key> {
    [("rsa", "RSA"), ("ec", "EC"), ("ed", "OKP")]
        .map(|(id, kty)| key(id, &PAIRS.jwk(kty)))
        .to_vec()
}

pub(super) fn head() -> Value {
    json!({"alg": "ES256", "kid": "ec"})
}

pub(super) fn claims() -> Value {
    json!({"iss": ISSUER, "aud": "hooks", "iat": NOW - 10, "exp": NOW + 300, "role": "sender"})
}

/// Takes all four algorithms.
pub(super) fn scheme() -> Scheme {
    with(&json!({}))
}

/// The same with other members.
pub(super) fn with(members: &Value) -> Scheme {
    custom(merged(
        json!({
            "kind": "jwt", "algorithms": ["RS256", "PS256", "ES256", "EdDSA"], "issuer": ISSUER,
            "audience": "hooks", "jwks_url": "none",
        }),
        members,
    ))
}

/// Members replaced; null takes one away.
pub(super) fn merged(mut object: Value, members: &Value) -> Value {
    let all = object.as_object_mut().unwrap();
    for (name, value) in members.as_object().unwrap() {
        all.remove(name);
        if !value.is_null() {
            all.insert(name.clone(), value.clone());
        }
    }
    object
}

/// How a token in `authorization` is judged, at `NOW`.
pub(super) fn judge_with(scheme: &Scheme, keys: &[Key], value: &str, now: i64) -> &'static str {
    judged(&compile(scheme), keys, value, now)
}

fn judged(verifier: &Verifier, keys: &[Key], value: &str, now: i64) -> &'static str {
    let headers = Headers::from_pairs([("Authorization", value)]);
    let whole = word(verifier.verify(&headers, BODY, keys, now));
    // The authorizer alone comes to the same.
    assert_eq!(word(verifier.verify_headers(&headers, keys, now)), whole);
    whole
}

/// The same under our scheme and keys.
pub(super) fn judge(head: &Value, claims: &Value) -> &'static str {
    let token = PAIRS.token(head, claims);
    judge_with(&scheme(), &keys(), &format!("Bearer {token}"), NOW)
}
