use anyhow::{Context, Result};
use operator::describe::{self, KeyKind};
use serde::Serialize;
use serde_json::Value;
use signature::{Preset, Verifier};

use crate::scheme;

/// Everything about a preset.
#[derive(Serialize)]
pub(super) struct PresetFacts {
    pub(super) name: &'static str,
    pub(super) title: String,
    pub(super) source: String,
    /// None: unconfirmed.
    pub(super) checked: Option<String>,
    pub(super) kind: &'static str,
    pub(super) proof: String,
    pub(super) signed: String,
    pub(super) replay_protected: bool,
    #[serde(skip)]
    pub(super) replay: String,
    pub(super) event_key_kind: KeyKind,
    pub(super) event_key: String,
    pub(super) event_key_why: &'static str,
    pub(super) type_from: String,
    pub(super) handshake: Option<String>,
    pub(super) needs_url: bool,
    pub(super) notes: String,
    pub(super) retries: String,
    pub(super) size: String,
    scheme: Value,
}

impl PresetFacts {
    /// Where the facts come from.
    pub(super) fn standing(&self) -> String {
        match &self.checked {
            Some(checked) => format!("checked {checked}"),
            None => "unconfirmed: they come from the provider's page alone".to_owned(),
        }
    }

    pub(super) fn of(preset: &Preset) -> Result<Self> {
        let scheme = &preset.scheme;
        let verifier = Verifier::compile(scheme, &scheme::example_site())
            .with_context(|| format!("the preset {}", preset.name))?;
        let described = describe::description(scheme);
        Ok(Self {
            name: preset.name,
            title: preset.title.clone(),
            source: preset.source.clone(),
            checked: preset.checked.clone(),
            kind: described.kind,
            proof: described.proof,
            signed: described.signed,
            replay_protected: verifier.replay_protected(),
            replay: describe::replay(&verifier),
            event_key_kind: describe::event_key_kind(scheme, &verifier),
            event_key: describe::event_key(scheme, &verifier),
            event_key_why: describe::event_key_why(scheme, &verifier),
            type_from: describe::type_from(scheme),
            handshake: describe::handshake(scheme),
            needs_url: scheme::needs_url(scheme),
            notes: preset.notes.clone(),
            retries: preset.retries.clone(),
            size: preset.size.clone(),
            scheme: serde_json::from_str(&scheme::preset_text(preset)?)?,
        })
    }
}
