//! Mailgun. <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>

use domain::Headers;
use scan::{JsonPointer, Scalar, scan};

use super::kind::{Inside, Kind};
use crate::{
    Algorithm, Encoding, Key, KeySpec, Read, Rejection, SchemeDescription, SignError, SignInput,
    TimestampUnit,
    algorithm::Prover,
    claim::{Coverage, Evidence, HeaderClaim},
    clock::{self, Moment, Window},
    signing::Pairs,
};

const PLACES: [&str; 3] = [
    "/signature/timestamp",
    "/signature/token",
    "/signature/signature",
];

/// A signature inside the body, over a timestamp and a token.
#[derive(Debug, Clone)]
pub(super) struct Mailgun(Prover);

impl Mailgun {
    pub(super) fn new() -> Self {
        Self(Prover {
            algorithm: Algorithm::HmacSha256,
            key: KeySpec::default(),
            keeps_prefix: false,
        })
    }
}

impl Kind for Mailgun {
    fn claim(&self, _: &Headers) -> Result<HeaderClaim, Rejection> {
        Ok(HeaderClaim {
            evidence: Evidence::Inside {
                signatures: Vec::new(),
            },
            moment: None,
            coverage: coverage(),
        })
    }

    /// Only the timestamp and the token are signed. The digest of both names the event,
    /// so that no one who captured them can put a second body beside them.
    fn look_inside(&self, body: &[u8], _: &[Vec<u8>], keys: &[Key]) -> Result<Inside, Rejection> {
        let Triple {
            unix_s,
            signed,
            signature,
        } = read(body)?;
        Ok(Inside {
            key_id: self.0.ready(keys)?.matching([&signed[..]], &[signature])?,
            signed,
            moment: Some(Moment::at(unix_s)),
            coverage: coverage(),
        })
    }

    fn signed_inside(&self, body: &[u8]) -> Result<Vec<u8>, Rejection> {
        read(body).map(|triple| triple.signed)
    }

    fn moment_inside(&self, body: &[u8]) -> Option<Moment> {
        Some(Moment::at(read(body).ok()?.unix_s))
    }

    fn prover(&self) -> Option<&Prover> {
        Some(&self.0)
    }

    fn coverage(&self) -> Vec<Coverage> {
        vec![coverage()]
    }

    fn evidence(&self, _: &Headers) -> Vec<String> {
        Vec::new()
    }

    /// Mailgun signs once and repeats the same signature for 8 hours and 5 minutes.
    /// <https://help.mailgun.com/hc/en-us/articles/202236504-Webhooks>
    fn window(&self) -> Option<Window> {
        Some(Window {
            max_age_s: 12 * 3600,
            max_future_s: 300,
        })
    }

    fn sign(&self, _: &Key, _: &SignInput<'_>, _: &mut Pairs) -> Result<(), SignError> {
        Err(SignError::InsideBody)
    }

    fn describe(&self) -> SchemeDescription {
        let [timestamp, _, signature] = PLACES;
        SchemeDescription {
            kind: "mailgun",
            proof: format!("HMAC-SHA256, hex in the body at `{signature}`"),
            signed: "a timestamp and a token in the body, not the event".to_owned(),
            clock: format!(
                "at `{timestamp}` in the body: {}",
                TimestampUnit::S.describe()
            ),
            is_in_body: true,
            ..SchemeDescription::default()
        }
    }

    fn reads(&self, _: &Headers) -> Vec<Read> {
        Vec::new()
    }
}

/// What is in the body under `signature`.
struct Triple {
    unix_s: i64,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

fn read(body: &[u8]) -> Result<Triple, Rejection> {
    let pointers: Vec<JsonPointer> = PLACES
        .iter()
        .filter_map(|place| JsonPointer::parse(place).ok())
        .collect();
    let found = scan(body, &pointers).map_err(|_| Rejection::SignatureMalformed)?;
    let mut texts = found.into_iter().map(|scalar| match scalar {
        Some(Scalar::String(text) | Scalar::Number(text)) => Ok(text),
        Some(_) => Err(Rejection::SignatureMalformed),
        None => Err(Rejection::SignatureMissing),
    });
    let mut text = || texts.next().unwrap_or(Err(Rejection::SignatureMissing));
    let (timestamp, token, signature) = (text()?, text()?, text()?);
    let signature = Encoding::Hex
        .decode(&signature)
        .filter(|mac| mac.len() == 32)
        .ok_or(Rejection::SignatureMalformed)?;
    Ok(Triple {
        unix_s: clock::parse(&timestamp, TimestampUnit::S)?,
        signed: [timestamp, token].concat().into_bytes(),
        signature,
    })
}

fn coverage() -> Coverage {
    Coverage::Places(&["/signature/timestamp", "/signature/token"])
}
