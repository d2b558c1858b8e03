//! The deliveries of the fixtures.

use std::collections::BTreeMap;

use coatcheck_signature::{Key, Site, Verifier};
use domain::{Headers, JwtSettings, KeyUse};
use serde::Deserialize;
use serde_json::Value;

use crate::common::scheme;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Vector {
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) schemes: Vec<Value>,
    pub(crate) needs: Option<String>,
    secret: Secrets,
    headers: BTreeMap<String, String>,
    body_b64: String,
    pub(crate) body_sha256: String,
    #[serde(default)]
    pub(crate) now: i64,
    pub(crate) url: Option<String>,
    /// What an endpoint says of its tokens.
    jwt: Option<JwtSettings>,
    /// What the scheme's locations give.
    #[serde(default)]
    pub(crate) expect: BTreeMap<String, String>,
    #[serde(rename = "signs")]
    _signs: String,
    pub(crate) provenance: String,
    /// Of a delivery to be refused: the code, or `ok` where something else than a signature is wrong.
    pub(crate) outcome: Option<String>,
    /// What is wrong then, and why the engine does not judge it.
    pub(crate) beyond: Option<String>,
    #[serde(rename = "source")]
    _source: String,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Secrets {
    One(String),
    Several(Vec<Secret>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Secret {
    Plain(String),
    Named {
        id: Option<String>,
        secret: String,
        #[serde(default, rename = "use")]
        purpose: KeyUse,
    },
}

impl Vector {
    pub(crate) fn body(&self) -> Vec<u8> {
        base64_simd::STANDARD.decode_to_vec(&self.body_b64).unwrap()
    }

    pub(crate) fn keys(&self) -> Vec<Key> {
        let secrets = match &self.secret {
            Secrets::One(secret) => return vec![Key::new("0", secret.as_str())],
            Secrets::Several(secrets) => secrets,
        };
        secrets
            .iter()
            .enumerate()
            .map(|(at, secret)| match secret {
                Secret::Plain(secret) => Key::new(at.to_string(), secret.as_str()),
                Secret::Named {
                    id,
                    secret,
                    purpose,
                } => {
                    let id = id.clone().unwrap_or_else(|| at.to_string());
                    Key::new(id, secret.as_str()).for_use(*purpose)
                }
            })
            .collect()
    }

    pub(crate) fn headers(&self) -> Headers {
        Headers::from_pairs(&self.headers)
    }

    pub(crate) fn verifier(&self, reference: &Value) -> Verifier {
        let site = Site {
            url: self.url.as_deref(),
            ..Site::default()
        };
        let mut scheme = scheme(reference);
        if let Some(settings) = &self.jwt {
            scheme.settle(settings).unwrap();
        }
        Verifier::compile(&scheme, &site)
            .unwrap_or_else(|problem| panic!("{}: {problem}", self.name))
    }
}

/// Every vector under every scheme that must accept it.
pub(crate) fn each(test: impl Fn(&Vector, &Verifier)) {
    for vector in vectors() {
        for reference in &vector.schemes {
            test(&vector, &vector.verifier(reference));
        }
    }
}

pub(crate) fn vectors() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../../fixtures/signature-vectors.json")).unwrap()
}

/// Deliveries that those who published them want refused.
pub(crate) fn to_be_refused() -> Vec<Vector> {
    serde_json::from_str(include_str!("../../../fixtures/refused-deliveries.json")).unwrap()
}
