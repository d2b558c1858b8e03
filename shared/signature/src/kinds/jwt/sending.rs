//! A token as an issuer makes it.

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeyPair as RsaKeyPair,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, RSA_PKCS1_SHA256,
        RSA_PSS_SHA256, RsaEncoding,
    },
};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use domain::Digest;
use serde_json::{Map, Value, json};

use crate::{JwtAlgorithm, JwtScheme, Key, KeyProblem, SignError, SignInput};

/// How long a token counts that we make.
const LIFE_S: i64 = 300;

/// A token with what the scheme wants, by the first algorithm that the private key is for.
pub(super) fn token(
    scheme: &JwtScheme,
    key: &Key,
    input: &SignInput<'_>,
) -> Result<String, SignError> {
    let refused = SignError::Key(KeyProblem::NotPrivateKey);
    let Ok(document) = STANDARD.decode_to_vec(key.raw()) else {
        return Err(refused);
    };
    let encode = |part: Value| URL_SAFE_NO_PAD.encode_to_string(part.to_string());
    let claims = encode(Value::Object(claims(scheme, input)));
    let mut made = scheme.algorithms.iter().filter_map(|algorithm| {
        let head = json!({"alg": algorithm.name(), "kid": key.id(), "typ": "JWT"});
        let message = format!("{}.{claims}", encode(head));
        let signature = signature(*algorithm, &document, message.as_bytes())?;
        Some(format!(
            "{message}.{}",
            URL_SAFE_NO_PAD.encode_to_string(signature)
        ))
    });
    made.next().ok_or(refused)
}

fn claims(scheme: &JwtScheme, input: &SignInput<'_>) -> Map<String, Value> {
    let mut claims = Map::new();
    let mut set = |name: &str, value: Option<Value>| {
        claims.extend(value.map(|value| (name.to_owned(), value)));
    };
    let one = |texts: &[String]| texts.first().map(|text| json!(text));
    set("iss", one(&scheme.issuer));
    set("aud", one(&scheme.audience));
    set("scope", scheme.scope.as_ref().map(|scope| json!(scope)));
    set("iat", Some(json!(input.now)));
    set("exp", Some(json!(input.now.saturating_add(LIFE_S))));
    for (name, wanted) in &scheme.claims {
        set(name, wanted.first().cloned());
    }
    if let Some(name) = &scheme.body_sha256 {
        set(name, Some(json!(Digest::of(input.body).to_string())));
    }
    claims
}

fn signature(algorithm: JwtAlgorithm, document: &[u8], message: &[u8]) -> Option<Vec<u8>> {
    let random = SystemRandom::new();
    let rsa = |padding: &'static dyn RsaEncoding| {
        let pair = RsaKeyPair::from_pkcs8(document).ok()?;
        let mut signature = vec![0; pair.public_modulus_len()];
        pair.sign(padding, &random, message, &mut signature).ok()?;
        Some(signature)
    };
    match algorithm {
        JwtAlgorithm::Rs256 => rsa(&RSA_PKCS1_SHA256),
        JwtAlgorithm::Ps256 => rsa(&RSA_PSS_SHA256),
        JwtAlgorithm::Es256 => {
            let pair = EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, document).ok()?;
            Some(pair.sign(&random, message).ok()?.as_ref().to_vec())
        }
        JwtAlgorithm::EdDsa => {
            let pair = Ed25519KeyPair::from_pkcs8_maybe_unchecked(document).ok()?;
            Some(pair.sign(message).as_ref().to_vec())
        }
    }
}
