//! For any bytes.

use domain::Headers;
use proptest::prelude::*;
use signature::{Digests, Key, Rejection, Scheme, Verifier};

use crate::common::{NOW, preset, signed, word};

const NAMES: [&str; 3] = ["github", "stripe", "standard-webhooks"];

fn any_scheme() -> impl Strategy<Value = (&'static str, Scheme)> {
    prop::sample::select(&NAMES[..]).prop_map(|name| (name, preset(name)))
}

/// A secret that every preset can decode.
fn secret(bytes: &[u8]) -> String {
    base64_simd::STANDARD.encode_to_string(bytes)
}

fn flip(bytes: &[u8], bit: prop::sample::Index) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bit.index(bytes.len() * 8);
    bytes[at / 8] ^= 1 << (at % 8);
    bytes
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_verifies_whole_and_in_pieces(
        (_, scheme) in any_scheme(),
        body in prop::collection::vec(any::<u8>(), 0..2000),
        key_bytes in prop::collection::vec(any::<u8>(), 1..100),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..5),
    ) {
        let verifier = Verifier::compile(&scheme).unwrap();
        let key = Key::new("k", secret(&key_bytes));
        let headers = Headers::from_pairs(signed(&scheme, &key, &body));
        prop_assert_eq!(verifier.precheck(&headers, NOW), Ok(()));
        let verified = verifier.verify(&headers, &body, std::slice::from_ref(&key), NOW).unwrap();

        let mut session = verifier.begin(&headers, &[key], Digests { payload: true, signed: true }).unwrap();
        let mut cuts: Vec<_> = cuts.iter().map(|cut| cut.index(body.len() + 1)).chain([0, body.len()]).collect();
        cuts.sort_unstable();
        cuts.windows(2).for_each(|cut| session.update(&body[cut[0]..cut[1]]));
        let streamed = session.finish(NOW).unwrap();
        prop_assert_eq!(streamed.payload_sha256(), Some(verified.payload_sha256()));
        prop_assert_eq!(streamed.signed_sha256(), Some(verified.signed_sha256()));
    }

    #[test]
    fn any_bit_of_the_body_counts(
        (_, scheme) in any_scheme(),
        body in prop::collection::vec(any::<u8>(), 1..500),
        bit in any::<prop::sample::Index>(),
    ) {
        let key = Key::new("k", secret(&[7; 32]));
        let headers = Headers::from_pairs(signed(&scheme, &key, &body));
        let verifier = Verifier::compile(&scheme).unwrap();
        let outcome = verifier.verify(&headers, flip(&body, bit), &[key], NOW).err();
        prop_assert_eq!(outcome, Some(Rejection::SignatureMismatch));
    }

    #[test]
    fn any_bit_of_the_key_counts(
        (_, scheme) in any_scheme(),
        body in prop::collection::vec(any::<u8>(), 0..100),
        // A MAC pads a short key with zero bytes; from its block size on it hashes it.
        key_bytes in prop::collection::vec(any::<u8>(), 16..200),
        bit in any::<prop::sample::Index>(),
    ) {
        let key = Key::new("k", secret(&key_bytes));
        let headers = Headers::from_pairs(signed(&scheme, &key, &body));
        let other = Key::new("other", secret(&flip(&key_bytes, bit)));
        let verifier = Verifier::compile(&scheme).unwrap();
        let outcome = verifier.verify(&headers, &body, &[other], NOW).err();
        prop_assert_eq!(outcome, Some(Rejection::SignatureMismatch));
    }

    /// Any bit of any header that the scheme needs, as long as it stays a header.
    #[test]
    fn any_bit_of_the_headers_counts(
        (name, scheme) in any_scheme(),
        which in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let key = Key::new("k", secret(&[7; 32]));
        let mut all = signed(&scheme, &key, b"{}");
        let (header, value) = which.get(&all).clone();
        let flipped = String::from_utf8(flip(value.as_bytes(), bit));
        prop_assume!(flipped.is_ok());
        let flipped = flipped.unwrap();
        // The same signature, its hex digits in the other case.
        prop_assume!(name == "standard-webhooks" || !flipped.eq_ignore_ascii_case(&value) || flipped.contains("SHA"));
        for (have, value) in &mut all {
            if *have == header {
                value.clone_from(&flipped);
            }
        }
        let verifier = Verifier::compile(&scheme).unwrap();
        let outcome = word(verifier.verify(&Headers::from_pairs(all), b"{}", &[key], NOW));
        prop_assert_ne!(outcome, "ok", "{}: {}", header, flipped);
    }

    #[test]
    fn any_bit_of_the_signature_counts(bit in any::<prop::sample::Index>()) {
        let scheme = preset("github");
        let key = Key::new("k", secret(&[7; 32]));
        let (header, value) = signed(&scheme, &key, b"{}").pop().unwrap();
        let mac = hex::decode(value.strip_prefix("sha256=").unwrap()).unwrap();
        let headers = Headers::from_pairs([(header, format!("sha256={}", hex::encode(flip(&mac, bit))))]);
        let outcome = Verifier::compile(&scheme).unwrap().verify(&headers, b"{}", &[key], NOW).err();
        prop_assert_eq!(outcome, Some(Rejection::SignatureMismatch));
    }

    /// Total, and nothing passes by chance.
    #[test]
    fn arbitrary_headers_are_refused_in_peace(
        (_, scheme) in any_scheme(),
        values in prop::collection::vec(".{0,80}|(t|v1|v0|sha256)[=,][0-9a-fA-F+/=, v1]{0,90}|[0-9]{0,21}", 6),
        drop in any::<u8>(),
        body in prop::collection::vec(any::<u8>(), 0..64),
        now in any::<i64>(),
    ) {
        let names = [
            "x-hub-signature-256", "stripe-signature", "webhook-signature", "webhook-id", "webhook-timestamp",
            "svix-signature",
        ];
        let kept = names.into_iter().zip(values).enumerate().filter(|(at, _)| drop >> at & 1 == 0);
        let headers = Headers::from_pairs(kept.map(|(_, pair)| pair));
        let verifier = Verifier::compile(&scheme).unwrap();
        let _ = verifier.precheck(&headers, now);
        prop_assert!(verifier.verify(&headers, &body, &[Key::new("k", secret(&[7; 32]))], now).is_err());
    }
}
