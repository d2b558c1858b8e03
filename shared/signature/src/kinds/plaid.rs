//! Plaid. <https://plaid.com/docs/api/webhooks/webhook-verification/>
//!
//! A JSON Web Token (RFC 7519) over the body's digest. Its algorithm is ES256 and
//! nothing else; its `kid` names one of the endpoint's keys, which an operator puts
//! there: nothing is fetched while a delivery waits.

use base64_simd::URL_SAFE_NO_PAD;
use domain::{Digest, Headers};
use serde::Deserialize;

use super::kind::Kind;
use crate::{
    Algorithm, Encoding, Key, KeySpec, Read, Rejection, SchemeDescription, SignError, SignInput,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    clock::{Moment, Window},
    content::single,
    hash::BodyDigest,
    signing::{Pairs, make},
};

const HEADER: &str = "plaid-verification";

/// A longer token is not Plaid's: its tokens have some 500 bytes.
const MAX_BYTES: usize = 8192;

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct JwtClaims {
    iat: i64,
    request_body_sha256: String,
}

/// A JSON Web Token over the body's digest.
#[derive(Debug, Clone)]
pub(super) struct Plaid(Prover);

impl Plaid {
    pub(super) fn new() -> Self {
        Self(Prover {
            algorithm: Algorithm::EcdsaP256Fixed,
            key: KeySpec::default(),
            keeps_prefix: false,
        })
    }
}

impl Kind for Plaid {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        let value = single(headers, HEADER)?.ok_or(Rejection::SignatureMissing)?;
        read(value).ok_or(Rejection::SignatureMalformed)
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.0)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![Coverage::Body(Vec::new())]
    }

    fn evidence(&self, _: &Headers) -> Vec<String> {
        vec![HEADER.to_owned()]
    }

    fn is_header_only(&self) -> bool {
        true
    }

    fn window(&self) -> Option<Window> {
        Some(Window {
            max_age_s: 300,
            max_future_s: 300,
        })
    }

    fn sign(&self, key: &Key, input: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let digest = Digest::of(input.body).to_string();
        let token = token(&digest, input.now, key.id());
        let signature = make(&self.0, key, token.as_bytes())?;
        let signature = Encoding::Base64Url.encode(&signature);
        all.push((HEADER.to_owned(), format!("{token}.{signature}")));
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        SchemeDescription {
            kind: "plaid",
            proof: format!("JSON Web Token (ES256) in `{HEADER}`"),
            signed: "the token, with the body's SHA-256 in it".to_owned(),
            clock: "at `iat` in the token: Unix seconds".to_owned(),
            has_public_key: true,
            names_its_key: true,
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, _: &Headers) -> Vec<Read> {
        vec![Read::one(HEADER, true)]
    }
}

fn read(value: &str) -> Option<HeaderClaim> {
    if value.len() > MAX_BYTES {
        return None;
    }
    let (message, signature) = value.rsplit_once('.')?;
    let (header, claims) = message.split_once('.')?;
    let header: Header = serde_json::from_slice(&decode(header)?).ok()?;
    let claims: JwtClaims = serde_json::from_slice(&decode(claims)?).ok()?;
    let signature = decode(signature)?;
    let digest = Encoding::Hex.decode(&claims.request_body_sha256)?;
    let is_good = header.alg == "ES256" && signature.len() == 64;
    is_good.then_some(HeaderClaim {
        evidence: Evidence::Headers {
            signatures: vec![signature],
            message: message.as_bytes().to_vec(),
            digests: vec![BodyDigest::Sha256(digest)],
            key_id: Some(header.kid),
        },
        moment: Some(Moment::at(claims.iat)),
        coverage: Coverage::Body(Vec::new()),
    })
}

fn decode(text: &str) -> Option<Vec<u8>> {
    URL_SAFE_NO_PAD.decode_to_vec(text).ok()
}

/// What a sender signs for a body.
fn token(body_sha256_hex: &str, iat: i64, kid: &str) -> String {
    let header = serde_json::json!({"alg": "ES256", "kid": kid, "typ": "JWT"});
    let claims = serde_json::json!({"iat": iat, "request_body_sha256": body_sha256_hex});
    let encode = |part: serde_json::Value| URL_SAFE_NO_PAD.encode_to_string(part.to_string());
    format!("{}.{}", encode(header), encode(claims))
}
