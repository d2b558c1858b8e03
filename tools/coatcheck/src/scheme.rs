//! The scheme that an argument names: a preset, or a file of one's own.

use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use domain::SchemeRef;
use serde_json::{Value, value::RawValue};
use signature::{Preset, Scheme, SchemeError, Site, Verifier};

use crate::host;

/// Stands for the URL of an endpoint where any will do.
pub(crate) const EXAMPLE_URL: &str = "https://hooks.example.com/v1/hooks/example";

/// A scheme and what the argument called it.
#[derive(Clone)]
pub(crate) struct Named {
    pub(crate) name: String,
    pub(crate) scheme: Scheme,
}

/// The preset of that name, or the scheme in the file of that path.
pub(crate) fn load(given: &str) -> Result<Named> {
    // No preset's name holds one of these.
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
                "there is no preset {name:?}{near}\nPresets: {known}\nFor a scheme of your own give the path of its file: ./scheme.json"
            )
        }
        other => Ok(other?),
    }
}

/// The scheme that a text holds; its rules are the verifier's to check.
pub(crate) fn parse(text: &[u8]) -> Result<Scheme, SchemeError> {
    let object: Value = serde_json::from_slice(text).map_err(|problem| SchemeError::Shape {
        field: "scheme".to_owned(),
        message: format!("not JSON: {problem}"),
    })?;
    object.try_into()
}

/// Makes a verifier; a URL that is missing is named by its argument.
pub(crate) fn compile(named: &Named, site: &Site<'_>) -> Result<Verifier> {
    Verifier::compile(&named.scheme, site).map_err(|problem| match &problem {
        SchemeError::Rule { field: "url", .. } if site.url.is_none() => anyhow!(
            "{} signs the endpoint's URL: give --url https://host/path, byte for byte as the provider was given it",
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

/// An endpoint's site that every scheme can do with.
pub(crate) fn example_site() -> Site<'static> {
    Site {
        url: Some(EXAMPLE_URL),
        ..Site::default()
    }
}

/// The scheme of a preset as its file has it.
pub(crate) fn preset_text(preset: &Preset) -> Result<String> {
    #[derive(serde::Deserialize)]
    struct File<'a> {
        #[serde(borrow)]
        scheme: &'a RawValue,
    }
    let file: File<'_> = serde_json::from_str(preset.file)?;
    // It stands indented in the file.
    Ok(file.scheme.get().replace("\n  ", "\n"))
}

fn near<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let best = known
        .map(|known| (strsim::jaro_winkler(name, known), known))
        .filter(|(likeness, _)| *likeness > 0.8)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    best.map_or_else(String::new, |(_, known)| format!("; there is {known}"))
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
    fn an_unknown_preset_is_told_with_its_neighbour_and_all_names() {
        let told = preset("gihub").unwrap_err().to_string();
        assert!(
            told.contains("there is github\n") && told.contains("stripe"),
            "{told}"
        );
    }
}
