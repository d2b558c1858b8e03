//! What may help a person whose delivery is not accepted. A hint may tell what would have
//! been valid, never a secret and never a signature.

mod body;
mod headers;
mod mismatch;
mod secret;
mod time;

use signature::{Rejection, Verifier};

use super::verdict::Refused;
use crate::{
    delivery::Delivery,
    words::{self, plain},
};

pub(super) fn of(delivery: &Delivery, verifier: &Verifier, rejection: Rejection) -> Vec<String> {
    let hints = match rejection {
        Rejection::SignatureMissing => headers::missing(delivery),
        Rejection::SignatureDuplicated => headers::repeated(delivery),
        Rejection::SignatureMalformed => headers::malformed(delivery),
        Rejection::SignatureMismatch | Rejection::DigestMismatch => mismatch::hints(delivery),
        Rejection::TimestampMissing | Rejection::TimestampMalformed => {
            let place = words::clock(&delivery.scheme.scheme);
            vec![format!("The time stands {place}.")]
        }
        Rejection::TimestampStale | Rejection::TimestampFuture => {
            time::hints(delivery, verifier).into_iter().collect()
        }
        Rejection::ChallengeKeyMissing | Rejection::KeyMissing | Rejection::KeyUnusable => {
            Vec::new()
        }
    };
    hints.iter().map(|hint| plain(hint)).collect()
}

/// A challenge that is not answered.
pub(super) fn of_challenge(rejection: Rejection) -> Vec<String> {
    let hint = match rejection {
        Rejection::SignatureMismatch => {
            "What the request shows is not what was given: for a token --challenge-token, else the secret."
        }
        Rejection::SignatureMalformed => {
            "The value is not answered: it has to be a plain token, in printable ASCII and not too long."
        }
        Rejection::ChallengeKeyMissing => {
            "No key has \"use\": \"challenge\": add the token that the provider shows to the keys, or give --challenge-token."
        }
        _ => return Vec::new(),
    };
    vec![hint.to_owned()]
}

/// A GET or HEAD request that no challenge of the scheme fits.
pub(super) fn no_challenge(delivery: &Delivery) -> Refused {
    let hint = match words::handshake(&delivery.scheme.scheme) {
        None => "The scheme has no challenges: deliveries come by POST.".to_owned(),
        Some(handshake) => format!(
            "The scheme's challenges: {}. The query is that of --url; --handshake judges as while the endpoint's handshake is on.",
            plain(&handshake)
        ),
    };
    Refused {
        outcome: "no_challenge",
        message: "this is not a challenge of the endpoint's provider".to_owned(),
        signed: None,
        hints: vec![hint],
    }
}
