//! Headers that are missing, repeated or malformed.

use operator::describe::{self, Read, reads};
use signature::{Algorithm, Encoding, Proof, SignedScheme};

use super::mismatch;
use crate::delivery::Delivery;

pub(super) fn missing(delivery: &Delivery) -> Vec<String> {
    let scheme = &delivery.scheme.scheme;
    if describe::is_in_body(scheme) {
        return vec![format!(
            "The signature is in the body ({}).",
            describe::description(scheme).proof
        )];
    }
    let reads = reads(scheme, &delivery.headers);
    let mut hints: Vec<String> = reads
        .iter()
        .filter(|read| !read.is_in(&delivery.headers))
        .map(|read| {
            let names = read.names.join(" or ");
            match near(delivery, read, &reads).as_slice() {
                [] => format!("The scheme reads the header {names}, which is missing."),
                near => format!(
                    "The scheme reads the header {names}, which is missing. You gave a similar one: {}.",
                    near.join(", ")
                ),
            }
        })
        .collect();
    hints.extend(mismatch::other_presets(delivery));
    hints
}

/// Headers that you gave, that the scheme does not read, and whose names look like one it reads.
fn near<'a>(delivery: &'a Delivery, wanted: &Read, reads: &[Read]) -> Vec<&'a str> {
    let is_read = |name: &str| {
        reads
            .iter()
            .any(|read| read.names.iter().any(|have| have == name))
    };
    let mut near: Vec<&str> = delivery
        .headers
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !is_read(name) && wanted.names.iter().any(|wanted| is_near(name, wanted)))
        .collect();
    near.dedup();
    near
}

fn is_near(given: &str, wanted: &str) -> bool {
    let bare = |name: &str| name.trim_start_matches("x-").replace('_', "-");
    let (given, wanted) = (bare(given), bare(wanted));
    let both_hold = |word: &str| given.contains(word) && wanted.contains(word);
    strsim::jaro_winkler(&given, &wanted) > 0.85
        || ["signature", "hmac", "timestamp"]
            .into_iter()
            .any(both_hold)
}

pub(super) fn repeated(delivery: &Delivery) -> Vec<String> {
    let reads = reads(&delivery.scheme.scheme, &delivery.headers);
    let names = reads.iter().flat_map(|read| &read.names);
    let repeated: Vec<&str> = names
        .filter(|name| delivery.headers.get_all(name).count() > 1)
        .map(String::as_str)
        .collect();
    if repeated.is_empty() {
        vec!["A parameter occurs twice in the signature header, or there are several signatures and the scheme names no label.".to_owned()]
    } else {
        vec![format!(
            "Given more than once: {}. Coatcheck trusts neither value.",
            repeated.join(", ")
        )]
    }
}

pub(super) fn malformed(delivery: &Delivery) -> Vec<String> {
    let scheme = &delivery.scheme.scheme;
    let expected = match &scheme.proof {
        Proof::Signed(signed) => format!(
            "The scheme expects {}: {} for each signature.",
            signed.signature.describe(),
            length(signed)
        ),
        Proof::Message(_) => format!(
            "The scheme expects signature-input, signature and content-digest as RFC 9421 and RFC 9530 write them, over {}.",
            describe::description(scheme).signed
        ),
        _ => format!(
            "The scheme expects {}.",
            describe::description(scheme).proof
        ),
    };
    let mut hints = vec![expected];
    if matches!(scheme.proof, Proof::Signed(_)) {
        hints.push("Or a signed header or parameter is empty, not ASCII, or contains the text that separates it from the next part.".to_owned());
    }
    hints.extend(mismatch::other_presets(delivery));
    hints
}

fn length(scheme: &SignedScheme) -> String {
    let bytes: usize = match scheme.algorithm {
        Algorithm::HmacSha1 => 20,
        Algorithm::HmacSha256 => 32,
        Algorithm::HmacSha512 | Algorithm::Ed25519 | Algorithm::EcdsaP256Fixed => 64,
        Algorithm::EcdsaP256 => return "a DER signature of some 70 bytes".to_owned(),
    };
    let characters = match scheme.signature.encoding {
        Encoding::Hex => bytes * 2,
        Encoding::Base64 => bytes.div_ceil(3) * 4,
        Encoding::Base64Url => (bytes * 4).div_ceil(3),
    };
    format!("{characters} characters")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_people_confuse_are_near() {
        for (given, wanted) in [
            ("x-hub-signature", "x-hub-signature-256"),
            ("hub_signature_256", "x-hub-signature-256"),
            ("stripe-signature", "x-hub-signature-256"),
            ("webhook-ids", "webhook-id"),
        ] {
            assert!(is_near(given, wanted), "{given} {wanted}");
        }
        assert!(!is_near("content-type", "webhook-id"));
    }
}
