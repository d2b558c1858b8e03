//! The deliveries of `fixtures/`, in the shapes that providers document.

use std::collections::BTreeMap;

use anyhow::{Context, Result, bail};
use provider::Sample;
use serde::Deserialize;

use crate::scheme::{self, Named};

/// One delivery: its body, and what `fixtures/README.md` describes.
struct File {
    name: &'static str,
    body: &'static [u8],
    description: &'static str,
}

macro_rules! files {
    ($($name:literal),*) => {
        &[$(File {
            name: $name,
            body: include_bytes!(concat!("../../../../fixtures/", $name, ".body")),
            description: include_str!(concat!("../../../../fixtures/", $name, ".json")),
        }),*]
    };
}

const FILES: &[File] = files![
    "github/ping",
    "github/push",
    "partner/inventory",
    "standard-webhooks/user.created",
    "stripe/customer.updated",
    "stripe/invoice.paid"
];

/// The parts of a description that are needed to send it.
#[derive(Deserialize)]
struct Description {
    scheme: serde_json::Value,
    headers: BTreeMap<String, String>,
    vary: Option<String>,
}

/// The names there are, for --help.
pub(super) fn names() -> String {
    let names: Vec<&str> = FILES.iter().map(|file| file.name).collect();
    names.join(", ")
}

/// A fixture, and the scheme that it is signed by.
pub(super) fn load(name: &str) -> Result<(Sample, Named)> {
    let Some(file) = FILES.iter().find(|file| file.name == name) else {
        bail!("there is no fixture {name:?}; the fixtures are {}", names());
    };
    let description: Description =
        serde_json::from_str(file.description).with_context(|| format!("{name}.json"))?;
    let scheme = match description.scheme.as_str() {
        Some(preset) => scheme::preset(preset)?,
        None => description.scheme.try_into()?,
    };
    let sample = Sample {
        headers: description.headers.into_iter().collect(),
        body: file.body.to_vec(),
        vary: description.vary,
        ..Sample::default()
    };
    let named = Named {
        name: name.to_owned(),
        scheme,
    };
    Ok((sample, named))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::*;

    #[test]
    fn the_table_is_complete() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
        let mut there = Vec::new();
        for provider in fs::read_dir(folder).unwrap() {
            let provider = provider.unwrap();
            if !provider.file_type().unwrap().is_dir() {
                continue;
            }
            for file in fs::read_dir(provider.path()).unwrap() {
                let file = file.unwrap().file_name().into_string().unwrap();
                if let Some(name) = file.strip_suffix(".body") {
                    there.push(format!("{}/{name}", provider.file_name().display()));
                }
            }
        }
        there.sort_unstable();
        let known: Vec<&str> = FILES.iter().map(|file| file.name).collect();
        assert_eq!(known, there);
    }

    #[test]
    fn every_fixture_can_be_read_and_an_unknown_one_is_refused_with_their_names() {
        for file in FILES {
            let (sample, _) = load(file.name).unwrap();
            assert_eq!(sample.body, file.body, "{}", file.name);
            assert!(!sample.headers.is_empty());
        }
        let problem = load("github/pull").err().unwrap().to_string();
        assert!(
            problem.contains("github/push, partner/inventory"),
            "{problem}"
        );
    }
}
