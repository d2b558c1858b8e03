//! Contentful. <https://www.contentful.com/developers/docs/webhooks/request-verification/>

use domain::Headers;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use super::kind::Kind;
use crate::{
    Algorithm, Encoding, Key, KeySpec, Read, Rejection, SchemeDescription, SchemeError, SignError,
    SignInput, Site, TimestampUnit,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    clock::{self, Moment, Window},
    content::{BodyForm, Frame, single},
    signing::{Pairs, make},
};

const SIGNATURE: &str = "x-contentful-signature";
const LIST: &str = "x-contentful-signed-headers";
const TIMESTAMP: &str = "x-contentful-timestamp";

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
    prover: Prover,
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

    fn frame(&self, headers: &Headers, names: &[&str]) -> Result<Frame, Rejection> {
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

impl Kind for Contentful {
    fn claim(&self, headers: &Headers) -> Result<HeaderClaim, Rejection> {
        let value = single(headers, SIGNATURE)?.ok_or(Rejection::SignatureMissing)?;
        let signature = Encoding::Hex
            .decode(value)
            .filter(|mac| mac.len() == 32)
            .ok_or(Rejection::SignatureMalformed)?;
        let names = listed(headers)?;
        let timestamp = single(headers, TIMESTAMP)?.ok_or(Rejection::TimestampMissing)?;
        let ms = clock::parse(timestamp, TimestampUnit::Ms)?;
        Ok(HeaderClaim {
            evidence: Evidence::Around {
                signatures: vec![signature],
                frame: self.frame(headers, &names)?,
            },
            moment: Some(Moment::at(ms)),
            coverage: Coverage::Body(names.into_iter().map(str::to_owned).collect()),
        })
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.prover)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![Coverage::Body(vec![LIST.to_owned(), TIMESTAMP.to_owned()])]
    }

    fn evidence(&self, headers: &Headers) -> Vec<String> {
        let listed = listed(headers).unwrap_or_default();
        let names = listed.into_iter().chain([SIGNATURE]);
        names.map(str::to_owned).collect()
    }

    /// Contentful does not say whether a retry is signed again. A repeat is recognised by its bytes,
    /// so an hour costs nothing.
    fn window(&self) -> Option<Window> {
        Some(Window {
            max_age_s: 3600,
            max_future_s: 300,
        })
    }

    fn sign(&self, key: &Key, input: &SignInput<'_>, all: &mut Pairs) -> Result<(), SignError> {
        let ms = clock::format(input.now, TimestampUnit::Ms).ok_or(SignError::Time)?;
        all.push((TIMESTAMP.to_owned(), ms));
        let mut names: Vec<String> = all.iter().map(|(name, _)| name.clone()).collect();
        names.push(LIST.to_owned());
        names.sort();
        all.push((LIST.to_owned(), names.join(",")));
        let given = Headers::from_pairs(all.iter().cloned());
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let frame = self.frame(&given, &names).map_err(SignError::Headers)?;
        let mac = make(&self.prover, key, &frame.around(input.body))?;
        all.push((SIGNATURE.to_owned(), hex::encode(mac)));
        Ok(())
    }

    fn describe(&self) -> SchemeDescription {
        SchemeDescription {
            kind: "contentful",
            proof: format!("HMAC-SHA256, hex in `{SIGNATURE}`"),
            signed: "method, path, the headers that the request lists, body".to_owned(),
            clock: format!(
                "in the header `{TIMESTAMP}`: {}",
                TimestampUnit::Ms.describe()
            ),
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, headers: &Headers) -> Vec<Read> {
        let listed = headers.get_all(LIST).next().unwrap_or_default();
        [LIST, TIMESTAMP, SIGNATURE]
            .into_iter()
            .chain(listed.split(',').filter(|name| !name.is_empty()))
            .map(|name| Read::one(name, true))
            .collect()
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
