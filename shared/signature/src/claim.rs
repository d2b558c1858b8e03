//! What the headers of a delivery claim, before any key is asked.

use domain::Location;

use crate::{clock::Moment, content::Frame, hash::BodyDigest};

pub(crate) struct HeaderClaim {
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
    /// The body has to be read first. Signatures that are in headers are here.
    Inside { signatures: Vec<Vec<u8>> },
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
