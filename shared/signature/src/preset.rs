use domain::{Endpoint, JwtSettings, SchemeRef};
use serde::Deserialize;
use serde_json::Value;

use crate::{Proof, Scheme, SchemeError};

/// Name and text of every file in `presets/`, in order of name; `build.rs` lists them.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

/// A scheme that comes with Coatcheck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// What configuration calls it.
    pub name: &'static str,
    /// The provider's name.
    pub title: String,
    /// The provider's page that the scheme was written from.
    pub source: String,
    /// When its facts were held against a vector or a library of the provider's own, and
    /// which; none if they come from the provider's page alone.
    pub checked: Option<String>,
    /// What a person setting it up should know.
    pub notes: String,
    /// How the provider repeats a delivery that failed.
    pub retries: String,
    /// How large its payloads get.
    pub size: String,
    /// The scheme.
    pub scheme: Scheme,
    /// The whole file, as it is written.
    pub file: &'static str,
}

/// A preset's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    title: String,
    source: String,
    #[serde(default)]
    checked: Option<String>,
    notes: String,
    retries: String,
    size: String,
    scheme: Value,
}

impl Scheme {
    /// The scheme of an endpoint, with what the endpoint itself says of its tokens.
    ///
    /// # Errors
    /// [`SchemeError`]: as of [`Self::resolve`], or the scheme has no tokens.
    pub fn of(endpoint: &Endpoint) -> Result<Self, SchemeError> {
        let mut scheme = Self::resolve(&endpoint.scheme)?;
        if let Some(settings) = &endpoint.jwt {
            scheme.settle(settings)?;
        }
        Ok(scheme)
    }

    /// Says what an endpoint says of its tokens.
    ///
    /// # Errors
    /// [`SchemeError::Rule`] if the scheme has no tokens.
    pub fn settle(&mut self, settings: &JwtSettings) -> Result<(), SchemeError> {
        match &mut self.proof {
            Proof::Jwt(scheme) => {
                scheme.settle(settings);
                Ok(())
            }
            _ => Err(SchemeError::rule(
                "jwt",
                "the scheme is not of the kind jwt",
                "leave it out",
            )),
        }
    }

    /// The scheme that an endpoint's configuration names or holds.
    ///
    /// # Errors
    /// [`SchemeError`]: of an unknown preset, or of the object's shape.
    pub fn resolve(reference: &SchemeRef) -> Result<Self, SchemeError> {
        match reference {
            SchemeRef::Preset(name) => scheme(name),
            SchemeRef::Custom(object) => object.clone().try_into(),
        }
    }
}

/// Every preset, in order of name.
///
/// # Errors
/// [`SchemeError::Shape`] if a file cannot be read; a test reads them all.
pub fn presets() -> Result<Vec<Preset>, SchemeError> {
    FILES.iter().map(|(name, text)| read(name, text)).collect()
}

/// The whole file of a preset, as it is written; `None` if there is none of that name.
#[must_use]
pub fn preset_file(name: &str) -> Option<&'static str> {
    let mut files = FILES.iter();
    files.find_map(|(known, text)| (*known == name).then_some(*text))
}

fn scheme(name: &str) -> Result<Scheme, SchemeError> {
    let Some((name, text)) = FILES.iter().find(|(known, _)| *known == name) else {
        let known = FILES
            .iter()
            .map(|(known, _)| *known)
            .collect::<Vec<_>>()
            .join(", ");
        return Err(SchemeError::UnknownPreset {
            name: name.to_owned(),
            known,
        });
    };
    Ok(read(name, text)?.scheme)
}

fn read(name: &'static str, text: &'static str) -> Result<Preset, SchemeError> {
    let file: File = serde_json::from_str(text).map_err(|problem| SchemeError::Shape {
        field: format!("presets/{name}.json"),
        message: problem.to_string(),
    })?;
    Ok(Preset {
        name,
        title: file.title,
        source: file.source,
        checked: file.checked,
        notes: file.notes,
        retries: file.retries,
        size: file.size,
        scheme: file.scheme.try_into()?,
        file: text,
    })
}
