//! Contentful. <https://www.contentful.com/developers/docs/webhooks/request-verification/>

use domain::Headers;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{
    Algorithm, Encoding, KeySpec, Rejection, SchemeError, Site, TimestampUnit,
    algorithm::Prover,
    claim::{Claim, Coverage, Evidence},
    clock::{self, Moment, Window},
    content::{BodyForm, Frame, single},
};

/// Contentful does not say whether a retry is signed again. A repeat is told by its bytes,
/// so an hour costs nothing.
pub(super) const WINDOW: Window = Window {
    max_age_s: 3600,
    max_future_s: 300,
};

pub(super) const SIGNATURE: &str = "x-contentful-signature";
pub(super) const LIST: &str = "x-contentful-signed-headers";
pub(super) const TIMESTAMP: &str = "x-contentful-timestamp";

/// Headers in the list, at most.
const MAX_HEADERS: usize = 32;

/// What JavaScript's `encodeURIComponent` leaves as it is.
const COMPONENT: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'_')
    .remove(b'.')
    .remove(b'!')
    .remove(b'~')
    .remove(b'*')
    .remove(b'\'')
    .remove(b'(')
    .remove(b')');

/// HMAC over method, path, the headers that the request lists, and the body, a line each.
#[derive(Debug, Clone)]
pub(crate) struct Contentful {
    /// `POST`, a line end, the path and query.
    start: String,
    pub(crate) prover: Prover,
}

impl Contentful {
    pub(super) fn compile(site: &Site<'_>) -> Result<Self, SchemeError> {
        let url = site.url()?;
        let path = if url.path.is_empty() { "/" } else { url.path };
        // Contentful's own library encodes the query twice; what it signs counts.
        let query = url.query.map_or_else(String::new, |query| {
            let once = utf8_percent_encode(query, COMPONENT).to_string();
            format!("?{}", utf8_percent_encode(&once, COMPONENT))
        });
        Ok(Self {
            start: format!("{}\n{path}{query}", site.method),
            prover: Prover {
                algorithm: Algorithm::HmacSha256,
                key: KeySpec {
                    min_bytes: Some(64),
                    ..KeySpec::default()
                },
                keeps_prefix: false,
            },
        })
    }

    pub(super) fn claim(&self, headers: &Headers) -> Result<Claim, Rejection> {
        let value = single(headers, SIGNATURE)?.ok_or(Rejection::SignatureMissing)?;
        let signature = Encoding::Hex
            .decode(value)
            .filter(|mac| mac.len() == 32)
            .ok_or(Rejection::SignatureMalformed)?;
        let names = listed(headers)?;
        let timestamp = single(headers, TIMESTAMP)?.ok_or(Rejection::TimestampMissing)?;
        let ms = clock::parse(timestamp, TimestampUnit::Ms)?;
        Ok(Claim {
            evidence: Evidence::Around {
                signatures: vec![signature],
                frame: self.frame(headers, &names)?,
            },
            moment: Some(Moment::at(ms)),
            coverage: Coverage::Body(names.into_iter().map(str::to_owned).collect()),
        })
    }

    pub(crate) fn frame(&self, headers: &Headers, names: &[&str]) -> Result<Frame, Rejection> {
        let lines = names
            .iter()
            .map(|name| {
                let value = single(headers, name)?.ok_or(Rejection::SignatureMissing)?;
                if value.is_ascii() && !value.contains(['\r', '\n']) {
                    Ok(format!("{name}:{}", value.trim()))
                } else {
                    Err(Rejection::SignatureMalformed)
                }
            })
            .collect::<Result<Vec<_>, _>>()?;
        Ok(Frame {
            before: format!("{}\n{}\n", self.start, lines.join(";")).into_bytes(),
            form: BodyForm::Raw,
            after: Vec::new(),
        })
    }
}

/// The headers that the request says are signed. Its timestamp and the list itself
/// must be among them: else they could be changed and still match.
fn listed(headers: &Headers) -> Result<Vec<&str>, Rejection> {
    let list = single(headers, LIST)?.ok_or(Rejection::SignatureMissing)?;
    let names: Vec<&str> = list.split(',').collect();
    let is_name = |name: &&str| {
        !name.is_empty()
            && name
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_')
    };
    let holds = |name| names.iter().filter(|have| **have == name).count() == 1;
    if names.len() <= MAX_HEADERS && names.iter().all(is_name) && holds(LIST) && holds(TIMESTAMP) {
        Ok(names)
    } else {
        Err(Rejection::SignatureMalformed)
    }
}

pub(super) fn coverage() -> Coverage {
    Coverage::Body(vec![LIST.to_owned(), TIMESTAMP.to_owned()])
}

pub(super) fn evidence(headers: &Headers) -> Vec<String> {
    let listed = listed(headers).unwrap_or_default();
    listed
        .into_iter()
        .chain([SIGNATURE])
        .map(str::to_owned)
        .collect()
}
