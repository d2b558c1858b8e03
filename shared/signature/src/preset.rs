use serde::Deserialize;

use crate::{Scheme, SchemeError};

/// Name and text of every file in `presets/`, in order of name; `build.rs` lists them.
const FILES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/presets.rs"));

/// A scheme that comes with Coatcheck.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preset {
    /// What configuration calls it.
    pub name: &'static str,
    /// The provider's page that the scheme was written from.
    pub source: String,
    /// What a person setting it up should know.
    pub notes: String,
    /// The scheme.
    pub scheme: Scheme,
}

/// A preset's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    source: String,
    notes: String,
    scheme: Scheme,
}

/// Every preset, in order of name.
///
/// # Errors
/// [`SchemeError::Shape`] if a file cannot be read; a test reads them all.
pub fn presets() -> Result<Vec<Preset>, SchemeError> {
    FILES.iter().map(|(name, text)| read(name, text)).collect()
}

pub(crate) fn scheme(name: &str) -> Result<Scheme, SchemeError> {
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

fn read(name: &'static str, text: &str) -> Result<Preset, SchemeError> {
    let File {
        source,
        notes,
        scheme,
    } = serde_json::from_str(text).map_err(|problem| SchemeError::Shape {
        field: format!("presets/{name}.json"),
        message: problem.to_string(),
    })?;
    Ok(Preset {
        name,
        source,
        notes,
        scheme,
    })
}
