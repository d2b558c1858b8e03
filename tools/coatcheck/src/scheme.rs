//! The scheme that an argument names: a preset, or a file of your own.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use domain::SchemeRef;
use serde_json::{Value, value::RawValue};
use signature::{Preset, Scheme, SchemeError, Site, Verifier};

use crate::host;

/// An example of an endpoint's URL.
pub(crate) const EXAMPLE_URL: &str = "https://hooks.example.com/v1/hooks/example";

/// A scheme, and its name in the argument.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) scheme: Scheme,
}

/// The preset of that name, or the scheme in the file of that path.
pub(crate) fn load(given: &str) -> Result<Named> {
    // No preset's name contains one of these.
    let scheme = if given.contains(['/', '.']) {
        parse(&host::read(Path::new(given))?).with_context(|| given.to_owned())?
    } else {
        preset(given)?
    };
    Ok(Named {
        name: given.to_owned(),
        scheme,
    })
}

pub(crate) fn preset(name: &str) -> Result<Scheme> {
    match Scheme::resolve(&SchemeRef::Preset(name.to_owned())) {
        Err(SchemeError::UnknownPreset { name, known }) => {
            let near = near(&name, known.split(", "));
            bail!(
                "no preset {name:?}{near}\nPresets: {known}\nFor a scheme of your own, give the path of its file: ./scheme.json"
            )
        }
        other => Ok(other?),
    }
}

/// Reads a scheme; the verifier checks its rules.
pub(crate) fn parse(text: &[u8]) -> Result<Scheme, SchemeError> {
    let object: Value = serde_json::from_slice(text).map_err(|problem| SchemeError::Shape {
        field: "scheme".to_owned(),
        message: format!("not JSON: {problem}"),
    })?;
    object.try_into()
}

/// Compiles a scheme; an error about a missing URL names the argument.
pub(crate) fn compile(named: &Named, site: &Site<'_>) -> Result<Verifier> {
    Verifier::compile(&named.scheme, site).map_err(|problem| match &problem {
        SchemeError::Rule { field: "url", .. } if site.url.is_none() => anyhow!(
            "{} signs the endpoint's URL: give it with --url, byte for byte as the provider has it",
            named.name
        ),
        _ => anyhow!("{}: {problem}", named.name),
    })
}

/// Whether an endpoint of this scheme needs its `url`.
pub(crate) fn needs_url(scheme: &Scheme) -> bool {
    let bare = Verifier::compile(scheme, &Site::default());
    matches!(bare, Err(SchemeError::Rule { field: "url", .. }))
}

/// A site that suits every scheme.
pub(crate) fn example_site() -> Site<'static> {
    Site {
        url: Some(EXAMPLE_URL),
        ..Site::default()
    }
}

/// The text of a preset's scheme.
pub(crate) fn preset_text(preset: &Preset) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct PresetFile<'a> {
        #[serde(borrow)]
        scheme: &'a RawValue,
    }
    let file: PresetFile<'_> = serde_json::from_str(preset.file)?;
    // It is indented in the file.
    Ok(file.scheme.get().replace("\n  ", "\n"))
}

fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map_or_else(String::new, |(_, known)| format!(". Did you mean {known}?"))
}

#[cfg(test)]
mod tests {
    use signature::presets;

    use super::*;

    #[test]
    fn every_preset_has_its_text_and_the_text_is_its_scheme() {
        for preset in presets().unwrap() {
            let text = preset_text(&preset).unwrap();
            assert!(text.ends_with("\n}"), "{}", preset.name);
            assert_eq!(
                parse(text.as_bytes()).unwrap(),
                preset.scheme,
                "{}",
                preset.name
            );
        }
    }

    #[test]
    fn an_unknown_preset_is_answered_with_a_similar_one_and_all_names() {
        let text = preset("gihub").unwrap_err().to_string();
        assert!(
            text.contains("Did you mean github?\n") && text.contains("stripe"),
            "{text}"
        );
    }
}
