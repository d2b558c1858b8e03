//! Hints about a delivery that is rejected. A hint may say what would have been valid, but never
//! shows a secret or a signature.

mod body;
mod headers;
mod mismatch;
mod secret;
mod time;

use operator::describe::{self, plain};
use signature::{Proof, Rejection, Verifier};

use super::judgement::RejectedDelivery;
use crate::delivery::Delivery;

pub(super) fn of(delivery: &Delivery, verifier: &Verifier, rejection: Rejection) -> Vec<String> {
    let hints = match rejection {
        Rejection::SignatureMissing => headers::missing(delivery),
        Rejection::SignatureDuplicated => headers::repeated(delivery),
        Rejection::SignatureMalformed => headers::malformed(delivery),
        Rejection::SignatureMismatch | Rejection::DigestMismatch => mismatch::hints(delivery),
        Rejection::TokenRefused => vec![token(delivery, verifier)],
        Rejection::TimestampMissing | Rejection::TimestampMalformed => {
            let place = describe::description(&delivery.scheme.scheme).clock;
            vec![format!("The timestamp is {place}.")]
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

/// What the scheme demands of a token.
fn token(delivery: &Delivery, verifier: &Verifier) -> String {
    if let Some(problem) = verifier.unfinished() {
        return format!(
            "The scheme alone accepts no token; an endpoint says the rest. {problem}. To try it here, write it into a scheme's file."
        );
    }
    let Proof::Jwt(scheme) = &delivery.scheme.scheme.proof else {
        return String::new();
    };
    let mut demands = vec![format!("iss to be {}", scheme.issuer.join(" or "))];
    if !scheme.audience.is_empty() {
        demands.push(format!("aud to be {}", scheme.audience.join(" or ")));
    }
    demands.extend(
        scheme
            .scope
            .iter()
            .map(|word| format!("scope to have {word}")),
    );
    demands.extend(scheme.claims.iter().map(|(name, wanted)| {
        let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
        format!("{name} to be {}", wanted.join(" or "))
    }));
    demands.extend(scheme.typ.iter().map(|typ| format!("typ to be {typ}")));
    format!("The scheme wants {}.", demands.join(", "))
}

/// Hints about a challenge that is rejected.
pub(super) fn of_challenge(rejection: Rejection) -> Vec<String> {
    let hint = match rejection {
        Rejection::SignatureMismatch => {
            "The token or signature of the request does not match the one you gave: --challenge-token, else the secret."
        }
        Rejection::SignatureMalformed => {
            "The value cannot be echoed: it must be a short token in printable ASCII."
        }
        Rejection::ChallengeKeyMissing => {
            "No key has \"use\": \"challenge\": add the token that the provider sends to the keys, or give --challenge-token."
        }
        _ => return Vec::new(),
    };
    vec![hint.to_owned()]
}

/// A GET or HEAD request that no challenge of the scheme fits.
pub(super) fn no_challenge(delivery: &Delivery) -> RejectedDelivery {
    let hint = match describe::handshake(&delivery.scheme.scheme) {
        None => "The scheme has no challenges. Deliveries are sent by POST.".to_owned(),
        Some(handshake) => format!(
            "The scheme's challenges: {}. Give the query with --url; use --handshake if the endpoint's handshake is on.",
            plain(&handshake)
        ),
    };
    RejectedDelivery {
        outcome: "no_challenge",
        message: "this is not one of the provider's challenges".to_owned(),
        signed: None,
        hints: vec![hint],
    }
}
