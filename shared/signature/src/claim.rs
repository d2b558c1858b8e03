//! What the headers of a delivery claim, before any key is asked.

use domain::Location;

use crate::{Rejection, clock, content::Frame};

pub(crate) struct Claim {
    pub(crate) evidence: Evidence,
    /// When it was signed, if the headers say so.
    pub(crate) moment: Option<Moment>,
    pub(crate) coverage: Coverage,
}

/// What a claim is proven by.
pub(crate) enum Evidence {
    /// Signatures over the body with a frame around it.
    Around {
        signatures: Vec<Vec<u8>>,
        frame: Frame,
    },
    /// Signatures over headers alone, which bind the body by its digests.
    Headers {
        signatures: Vec<Vec<u8>>,
        message: Vec<u8>,
        digests: Vec<BodyDigest>,
        /// The only key to be asked, where the request names one.
        key_id: Option<String>,
    },
    /// The secret itself.
    Presented(Vec<u8>),
    /// The body has to be read first. Signatures that stand in headers are here.
    Inside { signatures: Vec<Vec<u8>> },
}

/// A digest that the body must have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum BodyDigest {
    Sha256(Vec<u8>),
    Sha512(Vec<u8>),
}

/// When a delivery was signed, and until when its sender wants it believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Moment {
    pub(crate) unix_s: i64,
    pub(crate) expires: Option<i64>,
}

/// How long before and after its moment a delivery is believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// Seconds it may lie in the past.
    pub max_age_s: u32,
    /// Seconds it may lie in the future.
    pub max_future_s: u32,
}

impl Moment {
    pub(crate) fn at(unix_s: i64) -> Self {
        Self {
            unix_s,
            expires: None,
        }
    }

    pub(crate) fn check(self, window: Window, now_unix_s: i64) -> Result<(), Rejection> {
        if self.expires.is_some_and(|end| now_unix_s > end) {
            return Err(Rejection::TimestampStale);
        }
        clock::check(self.unix_s, window, now_unix_s)
    }
}

/// What a good proof says about the places of a delivery. A fact from anywhere
/// else may have been changed on the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Coverage {
    /// The sender is known by a secret it shows: all it says is its own word.
    Sender,
    /// The body and these headers, by lower-case name.
    Body(Vec<String>),
    /// Only these places in the body, as JSON pointers.
    Places(&'static [&'static str]),
}

impl Coverage {
    pub(crate) fn covers(&self, location: &Location) -> bool {
        location.simple().all(|place| match (self, place) {
            (_, Location::Literal(_)) => true,
            (Self::Places(places), Location::Json(pointer)) => places.contains(&pointer.as_str()),
            (Self::Places(_), _) => false,
            (Self::Body(headers), Location::Header(name)) => headers
                .iter()
                .any(|signed| signed.eq_ignore_ascii_case(name)),
            (Self::Body(_) | Self::Sender, _) => true,
        })
    }
}
