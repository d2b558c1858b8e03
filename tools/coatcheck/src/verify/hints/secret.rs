//! Another reading of the secret with which the signature is valid.

use signature::{KeyDecode, KeySpec, Proof};

use crate::{delivery::Delivery, scheme::Named};

/// Secrets with white space or quotes from copying.
pub(super) fn unwrapped(delivery: &Delivery) -> Option<String> {
    let is_good = delivery.is_signed_with(|changed| {
        for secret in &mut changed.secrets {
            let mut bytes = secret.bytes.trim_ascii();
            for quote in [b"\"", b"'"] {
                let inside = bytes
                    .strip_prefix(quote)
                    .and_then(|rest| rest.strip_suffix(quote));
                bytes = inside.unwrap_or(bytes);
            }
            secret.bytes = bytes.to_vec();
        }
    });
    is_good.then(|| {
        "The signature is valid with the secret without the white space or quotes around it."
            .to_owned()
    })
}

/// Secrets that the provider decodes in another way.
pub(super) fn decoded(delivery: &Delivery) -> Option<String> {
    let others = [
        (KeyDecode::Utf8, None, "its UTF-8 bytes"),
        (KeyDecode::Base64, None, "base64"),
        (KeyDecode::Hex, None, "hex"),
        (KeyDecode::Base64, Some("whsec_"), "base64 after whsec_"),
        (
            KeyDecode::Utf8,
            Some("whsec_"),
            "the UTF-8 bytes after whsec_",
        ),
    ];
    let good = others.into_iter().find(|(decode, strip_prefix, _)| {
        delivery.is_signed_with(|changed| {
            if let Some(spec) = key_spec(&mut changed.scheme) {
                spec.decode = *decode;
                spec.strip_prefix = strip_prefix.map(str::to_owned);
            }
        })
    });
    good.map(|(_, _, how)| {
        format!("The signature is valid if the secret is read as {how}: see key.decode and key.strip_prefix of the scheme.")
    })
}

fn key_spec(named: &mut Named) -> Option<&mut KeySpec> {
    match &mut named.scheme.proof {
        Proof::Signed(signed) => Some(&mut signed.key),
        Proof::Message(message) => Some(&mut message.key),
        _ => None,
    }
}
