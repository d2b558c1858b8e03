//! Mailgun. <https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks>

use scan::{Pointer, Scalar, scan};

use super::Inside;
use crate::{
    Algorithm, Encoding, Key, KeySpec, Rejection, TimestampUnit,
    algorithm::Prover,
    claim::{Claim, Coverage, Evidence},
    clock::{self, Moment, Window},
};

/// Mailgun signs once and repeats the same signature for 8 hours and 5 minutes.
/// <https://help.mailgun.com/hc/en-us/articles/202236504-Webhooks>
pub(super) const WINDOW: Window = Window {
    max_age_s: 12 * 3600,
    max_future_s: 300,
};

const PLACES: [&str; 3] = [
    "/signature/timestamp",
    "/signature/token",
    "/signature/signature",
];

pub(super) fn prover() -> Prover {
    Prover {
        algorithm: Algorithm::HmacSha256,
        key: KeySpec::default(),
        keeps_prefix: false,
    }
}

pub(super) fn claim() -> Claim {
    Claim {
        evidence: Evidence::Inside {
            signatures: Vec::new(),
        },
        moment: None,
        coverage: coverage(),
    }
}

/// What stands in the body under `signature`.
struct Triple {
    unix_s: i64,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

/// Only the timestamp and the token are signed. The digest of both names the event,
/// so that whoever captured them can put no second body beside them.
pub(super) fn judge(prover: &Prover, body: &[u8], keys: &[Key]) -> Result<Inside, Rejection> {
    let Triple {
        unix_s,
        signed,
        signature,
    } = read(body)?;
    let key_id = prover.ready(keys)?.matching(&[&signed], &[signature])?;
    Ok(Inside {
        key_id,
        signed,
        moment: Some(Moment::at(unix_s)),
        coverage: coverage(),
    })
}

pub(super) fn signed(body: &[u8]) -> Result<Vec<u8>, Rejection> {
    read(body).map(|triple| triple.signed)
}

pub(super) fn moment(body: &[u8]) -> Option<Moment> {
    Some(Moment::at(read(body).ok()?.unix_s))
}

fn read(body: &[u8]) -> Result<Triple, Rejection> {
    let pointers: Vec<Pointer> = PLACES
        .iter()
        .filter_map(|place| Pointer::parse(place).ok())
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

pub(super) fn coverage() -> Coverage {
    Coverage::Places(&["/signature/timestamp", "/signature/token"])
}
