//! Takes a signature header's value apart.

use crate::{Encoding, Grammar, Rejection, SignatureSpec, algorithm::Length};

/// Signatures in one header, if the scheme does not say.
pub(crate) const DEFAULT_MAX_SIGNATURES: usize = 8;

/// A scheme's grammar with its defaults filled in.
#[derive(Debug, Clone)]
pub(crate) struct Syntax {
    shape: Shape,
    prefix: String,
    encoding: Encoding,
    /// Of one decoded signature.
    length: Length,
    max_signatures: usize,
}

#[derive(Debug, Clone)]
enum Shape {
    Whole,
    Kv {
        pair_sep: String,
        kv_sep: String,
        sig_keys: Vec<String>,
    },
    Versions {
        list_sep: String,
        version_sep: String,
        versions: Vec<String>,
    },
}

/// What a header's value holds.
#[derive(Debug)]
pub(crate) struct Parsed<'h> {
    /// At least one; each of a length that a signature has.
    pub(crate) signatures: Vec<Vec<u8>>,
    pairs: Vec<(&'h str, &'h str)>,
}

impl<'h> Parsed<'h> {
    /// Parameters alone, for signing.
    pub(crate) fn of(pairs: Vec<(&'h str, &'h str)>) -> Self {
        Self {
            signatures: Vec::new(),
            pairs,
        }
    }

    /// The only value of a parameter.
    pub(crate) fn param(&self, name: &str) -> Result<Option<&'h str>, Rejection> {
        let mut values = self
            .pairs
            .iter()
            .filter(|(key, _)| *key == name)
            .map(|(_, value)| *value);
        let first = values.next();
        if values.next().is_some() {
            Err(Rejection::SignatureDuplicated)
        } else {
            Ok(first)
        }
    }
}

impl Syntax {
    /// Takes a spec whose rules have been checked.
    pub(crate) fn new(spec: &SignatureSpec, length: Length) -> Self {
        let or = |given: &Option<String>, default: &str| {
            given.clone().unwrap_or_else(|| default.to_owned())
        };
        let shape = match spec.grammar {
            Grammar::Whole => Shape::Whole,
            Grammar::Kv => Shape::Kv {
                pair_sep: or(&spec.pair_sep, ","),
                kv_sep: or(&spec.kv_sep, "="),
                sig_keys: spec.sig_keys.clone(),
            },
            Grammar::Versions => Shape::Versions {
                list_sep: or(&spec.list_sep, " "),
                version_sep: or(&spec.version_sep, ","),
                versions: spec.versions.clone(),
            },
        };
        Self {
            shape,
            prefix: spec.prefix.clone().unwrap_or_default(),
            encoding: spec.encoding,
            length,
            max_signatures: spec.max_signatures.unwrap_or(DEFAULT_MAX_SIGNATURES),
        }
    }

    /// Takes a value apart. Of several signatures those that are well formed
    /// count, and there must be one; what another scheme put beside them is skipped.
    pub(crate) fn parse<'h>(&self, value: &'h str) -> Result<Parsed<'h>, Rejection> {
        let (pairs, candidates) = match &self.shape {
            Shape::Whole => (Vec::new(), vec![value]),
            Shape::Kv {
                pair_sep,
                kv_sep,
                sig_keys,
            } => {
                let mut pairs = Vec::new();
                for item in value.split(pair_sep.as_str()) {
                    let (key, value) = item
                        .split_once(kv_sep.as_str())
                        .ok_or(Rejection::SignatureMalformed)?;
                    pairs.push((key.trim_matches(' '), value));
                }
                let signatures = pairs
                    .iter()
                    .filter(|(key, _)| sig_keys.iter().any(|known| known == key));
                let signatures = signatures.map(|(_, value)| *value).collect();
                (pairs, signatures)
            }
            Shape::Versions {
                list_sep,
                version_sep,
                versions,
            } => {
                let entries = value.split(list_sep.as_str());
                let entries = entries.filter_map(|entry| entry.split_once(version_sep.as_str()));
                let accepted =
                    entries.filter(|(version, _)| versions.iter().any(|known| known == version));
                (
                    Vec::new(),
                    accepted.map(|(_, signature)| signature).collect(),
                )
            }
        };
        if candidates.len() > self.max_signatures {
            return Err(Rejection::SignatureMalformed);
        }
        let signatures: Vec<_> = candidates
            .into_iter()
            .filter_map(|text| self.decode(text))
            .collect();
        if signatures.is_empty() {
            Err(Rejection::SignatureMalformed)
        } else {
            Ok(Parsed { signatures, pairs })
        }
    }

    /// Writes a header's value that holds these parameters and one signature.
    pub(crate) fn write(&self, params: &[(&str, &str)], mac: &[u8]) -> String {
        let signature = format!("{}{}", self.prefix, self.encoding.encode(mac));
        let first = |names: &[String]| names.first().cloned().unwrap_or_default();
        match &self.shape {
            Shape::Whole => signature,
            Shape::Versions {
                version_sep,
                versions,
                ..
            } => format!("{}{version_sep}{signature}", first(versions)),
            Shape::Kv {
                pair_sep,
                kv_sep,
                sig_keys,
            } => params
                .iter()
                .map(|(key, value)| format!("{key}{kv_sep}{value}{pair_sep}"))
                .chain([format!("{}{kv_sep}{signature}", first(sig_keys))])
                .collect(),
        }
    }

    fn decode(&self, text: &str) -> Option<Vec<u8>> {
        let bytes = self
            .encoding
            .decode(text.strip_prefix(self.prefix.as_str())?)?;
        self.length.fits(bytes.len()).then_some(bytes)
    }
}
