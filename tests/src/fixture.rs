use std::{collections::BTreeMap, path::PathBuf};

use anyhow::{Context, Result};
use bytes::Bytes;
use serde::Deserialize;

/// A delivery in the shape its provider documents; see `fixtures/README.md`.
#[derive(Debug, Clone)]
pub struct Fixture {
    /// What the pointer must contain.
    pub expect: Expect,
    /// The endpoint it is for.
    pub endpoint: String,
    /// What the provider sends besides the signature.
    pub headers: BTreeMap<String, String>,
    /// The exact body.
    pub body: Bytes,
}

/// What a fixture's pointer must contain.
#[derive(Debug, Clone, Deserialize)]
pub struct Expect {
    /// The event id.
    pub id: String,
    /// The event type.
    #[serde(rename = "type")]
    pub kind: String,
    /// The subject.
    pub subject: String,
}

#[derive(Deserialize)]
struct Description {
    endpoint: String,
    headers: BTreeMap<String, String>,
    expect: Expect,
    vary: Option<String>,
    bytes: usize,
    sha256: String,
}

impl Fixture {
    /// Reads a fixture, for instance `github/push`, and makes another event of
    /// it: with its own id, and other bytes if the bytes name the event.
    ///
    /// # Errors
    /// If it is missing, or an editor changed its body.
    pub fn fresh(name: &str) -> Result<Self> {
        let base = PathBuf::from(env!("CARGO_MANIFEST_DIR"))
            .join("../fixtures")
            .join(name);
        // Not with_extension: names contain dots.
        let read = |ending: &str| {
            let path = PathBuf::from(format!("{}.{ending}", base.display()));
            std::fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        let mut body = read("body")?;
        let Description {
            endpoint,
            mut headers,
            mut expect,
            vary,
            bytes,
            sha256,
        } = serde_json::from_slice(&read("json")?).with_context(|| format!("{name}.json"))?;
        anyhow::ensure!(
            body.len() == bytes && crate::digest(&body) == sha256,
            "the body of {name} differs from its .json"
        );
        let kept = expect
            .id
            .get(..expect.id.len().saturating_sub(16))
            .unwrap_or_default();
        let id = format!("{kept}{}", random_hex(expect.id.len() - kept.len()));
        for value in headers.values_mut().filter(|value| **value == expect.id) {
            value.clone_from(&id);
        }
        body = replace(&body, &expect.id, &id);
        expect.id = id;
        if let Some(old) = vary {
            body = replace(&body, &old, &random_hex(old.len()));
        }
        Ok(Self {
            expect,
            endpoint,
            headers,
            body: body.into(),
        })
    }
}

/// Each `old` in the body replaced by `new`, which is as long.
fn replace(body: &[u8], old: &str, new: &str) -> Vec<u8> {
    let mut bytes = body.to_vec();
    for at in 0..=body.len().saturating_sub(old.len()) {
        if let Some(place) = bytes.get_mut(at..at + old.len())
            && place == old.as_bytes()
        {
            place.copy_from_slice(new.as_bytes());
        }
    }
    bytes
}

/// This many hex digits, different ones each time.
#[must_use]
pub fn random_hex(digits: usize) -> String {
    std::iter::repeat_with(|| fastrand::digit(16))
        .take(digits)
        .collect()
}
