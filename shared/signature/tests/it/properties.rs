//! For any bytes, under every preset that can sign any bytes.

use std::sync::LazyLock;

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use coatcheck_signature::{
    Algorithm, Encoding, JwtAlgorithm, Key, KeyDecode, Names, Part, Proof, Rejection, Scheme,
    SignInput, TimestampFrom, Verifier, presets, sign,
};
use domain::{Headers, KeyUse, Location};
use proptest::prelude::*;
use serde_json::json;

use crate::{
    common::{NOW, compile, custom, is_token, sha256, site, word},
    ecdsa::ECDSA,
};

/// A scheme that is tried.
#[derive(Debug)]
struct Case {
    name: &'static str,
    scheme: Scheme,
    verifier: Verifier,
}

/// What signs and what verifies; the same key twice where there is one secret.
struct Pair {
    signs: Key,
    verifies: Key,
}

static CASES: LazyLock<Vec<Case>> = LazyLock::new(|| {
    let message = json!({
        "kind": "http-message", "algorithm": "hmac-sha256", "components": ["@target-uri", "content-digest"],
    });
    let asymmetric = json!({
        "kind": "http-message", "algorithm": "ed25519", "key": {"decode": "hex"}, "components": ["content-digest"],
    });
    let token = json!({
        "kind": "jwt", "algorithms": ["EdDSA"], "issuer": "https://issuer.example", "audience": "hooks", "jwks_url": "none",
    });
    let bound = json!({
        "kind": "jwt", "header": "x-token", "algorithms": ["ES256"], "issuer": "https://issuer.example", "audience": "hooks",
        "body_sha256": "body_sha256", "max_age_s": 300, "jwks_url": "none",
    });
    let presets = presets().unwrap().into_iter();
    presets
        .map(|preset| (preset.name, preset.scheme))
        .chain([
            ("message", custom(message)),
            ("message-ed25519", custom(asymmetric)),
            ("jwt", custom(token)),
            ("jwt-bound", custom(bound)),
        ])
        .filter(|(_, scheme)| takes_any_body(scheme))
        .map(|(name, scheme)| Case {
            name,
            verifier: compile(&scheme),
            scheme,
        })
        .collect()
});

/// Not Mailgun, Adyen and Linear, who put what they sign or when into the body.
fn takes_any_body(scheme: &Scheme) -> bool {
    match &scheme.proof {
        Proof::Mailgun | Proof::Adyen => false,
        // An endpoint has to say the rest of a preset.
        Proof::Jwt(jwt) => !jwt.audience.is_empty(),
        Proof::Signed(signed) => !signed
            .timestamp
            .as_ref()
            .is_some_and(|spec| matches!(spec.from, TimestampFrom::Json(_))),
        _ => true,
    }
}

fn any_case() -> impl Strategy<Value = &'static Case> {
    (0..CASES.len()).prop_map(|at| &CASES[at])
}

/// Those whose signature covers the body bit by bit.
fn any_covering() -> impl Strategy<Value = &'static Case> {
    any_case().prop_filter("shows a secret, or sorts a form", |case| {
        !matches!(
            case.scheme.proof,
            Proof::Token(_) | Proof::Basic | Proof::Twilio
        ) && case.name != "jwt"
    })
}

impl Case {
    /// A key of the scheme's kind, made of these bytes where that can be.
    fn pair(&self, bytes: &[u8]) -> Pair {
        let seed: Vec<u8> = bytes.iter().copied().cycle().take(32).collect();
        let write = |decode, bytes: &[u8]| match decode {
            KeyDecode::Hex => hex::encode(bytes),
            _ => STANDARD.encode_to_string(bytes),
        };
        let pair = |signs: String, verifies: String| Pair {
            signs: Key::new("k", signs),
            verifies: Key::new("k", verifies),
        };
        let same = |text: String| pair(text.clone(), text);
        let ed25519 = |decode| {
            let public = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
            pair(
                write(decode, &seed),
                write(decode, public.public_key().as_ref()),
            )
        };
        match &self.scheme.proof {
            Proof::Signed(signed) => match signed.algorithm {
                Algorithm::Ed25519 => ed25519(signed.key.decode),
                Algorithm::EcdsaP256 | Algorithm::EcdsaP256Fixed => {
                    pair(ECDSA.private.clone(), ECDSA.public.clone())
                }
                _ => same(write(signed.key.decode, bytes)),
            },
            Proof::Message(message) if message.key.decode == KeyDecode::Hex => {
                ed25519(KeyDecode::Hex)
            }
            Proof::Jwt(jwt) if jwt.algorithms == [JwtAlgorithm::EdDsa] => {
                let public = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
                let private = public.to_pkcs8v1().unwrap();
                let x = URL_SAFE_NO_PAD.encode_to_string(public.public_key().as_ref());
                let jwk = json!({"kty": "OKP", "crv": "Ed25519", "x": x}).to_string();
                pair(STANDARD.encode_to_string(private.as_ref()), jwk)
            }
            Proof::Plaid | Proof::Jwt(_) => pair(ECDSA.private.clone(), ECDSA.jwk.clone()),
            Proof::Basic => same(format!("user:{}", hex::encode(bytes))),
            _ => same(hex::encode(bytes)),
        }
    }

    fn sign(&self, key: &Key, body: &[u8]) -> Vec<(String, String)> {
        let mut ids = Vec::new();
        if let Proof::Signed(signed) = &self.scheme.proof {
            let clock = signed.timestamp.as_ref().map(|spec| &spec.from);
            for part in &signed.content {
                if let Part::Header(names) = part
                    && clock != Some(&TimestampFrom::Header(names.clone()))
                {
                    ids.push((first_of(names), "msg_1".to_owned()));
                }
            }
        }
        let headers: Vec<_> = ids.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        let input = SignInput {
            body,
            now: NOW,
            headers: &headers,
            params: &[],
            site: site(),
        };
        let mut all = sign(&self.scheme, key, &input)
            .unwrap_or_else(|problem| panic!("{}: {problem:?}", self.name));
        if self.scheme.also_basic {
            let login = STANDARD.encode_to_string("user:pass");
            all.push(("authorization".into(), format!("Basic {login}")));
        }
        all
    }

    fn verify(&self, headers: Vec<(String, String)>, body: &[u8], key: Key) -> &'static str {
        let keys = self.keys(key);
        let headers = Headers::from_pairs(headers);
        word(self.verifier.verify(&headers, body, &keys, NOW))
    }

    fn keys(&self, key: Key) -> Vec<Key> {
        let login = Key::new("login", "user:pass").for_use(KeyUse::Basic);
        let mut keys = vec![key];
        if self.scheme.also_basic {
            keys.push(login);
        }
        keys
    }

    /// Whether the same bytes of this header can be written in another case.
    fn is_hex(&self, header: &str) -> bool {
        let encoding = match &self.scheme.proof {
            Proof::Signed(signed) => signed.signature.encoding,
            _ => Encoding::Hex,
        };
        encoding == Encoding::Hex || header == "authorization"
    }
}

/// The first of a list of names, which goes with the first signature header.
fn first_of(names: &Names) -> String {
    match names {
        Names::One(name) => name.clone(),
        Names::Each(all) => all[0].clone(),
    }
}

fn flip(bytes: &[u8], bit: prop::sample::Index) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = bit.index(bytes.len() * 8);
    bytes[at / 8] ^= 1 << (at % 8);
    bytes
}

/// Structured bytes (`:...=:`) without the digit that holds the padding's bits; none without padding.
fn respelling(value: &str) -> Option<(&str, &str)> {
    let (start, end) = value.split_at(value.rfind("=:")?);
    let start = start.trim_end_matches('=');
    Some((&start[..start.len() - 1], end))
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, cases: 1024, ..ProptestConfig::default() })]

    #[test]
    fn what_is_signed_verifies(
        case in any_case(),
        body in prop::collection::vec(any::<u8>(), 0..2000),
        key_bytes in prop::collection::vec(any::<u8>(), 1..100),
    ) {
        prop_assume!(!is_token(&body));
        // What `signed_bytes` shows of Twilio goes by the body's first byte; these deliveries are all signed as forms.
        prop_assume!(case.name != "twilio" || !body.starts_with(b"{"));
        let Pair { signs, verifies } = case.pair(&key_bytes);
        let keys = case.keys(verifies);
        let headers = Headers::from_pairs(case.sign(&signs, &body));
        prop_assert_eq!(case.verifier.precheck(&headers, NOW), Ok(()), "{}", case.name);
        prop_assert!(case.verifier.verify_headers(&headers, &keys, NOW).is_ok(), "{}", case.name);
        let verified = case.verifier.verify(&headers, &body, &keys, NOW);
        prop_assert!(verified.is_ok(), "{}: {:?}", case.name, verified.err());
        let verified = verified.unwrap();

        prop_assert_eq!(verified.payload_sha256().0, sha256(&body));
        let signed = case.verifier.signed_bytes(&headers, &body).unwrap();
        let shows = case.verifier.signs(&Location::Header("any".into()));
        let signed = if shows { &body } else { &signed };
        prop_assert_eq!(verified.signed_sha256().0, sha256(signed), "{}", case.name);
    }

    #[test]
    fn any_bit_of_the_body_counts(
        case in any_covering(),
        body in prop::collection::vec(any::<u8>(), 1..500),
        bit in any::<prop::sample::Index>(),
    ) {
        let Pair { signs, verifies } = case.pair(&[7; 32]);
        let headers = case.sign(&signs, &body);
        let outcome = case.verify(headers, &flip(&body, bit), verifies);
        prop_assert!(["signature_mismatch", "digest_mismatch"].contains(&outcome), "{}: {}", case.name, outcome);
    }

    #[test]
    fn any_bit_of_the_key_counts(
        case in any_case(),
        body in prop::collection::vec(any::<u8>(), 0..100),
        // A MAC pads a short key with zero bytes; from its block size on it hashes it.
        key_bytes in prop::collection::vec(any::<u8>(), 16..32),
        bit in any::<prop::sample::Index>(),
    ) {
        prop_assume!(!is_token(&body));
        let Pair { signs, verifies } = case.pair(&key_bytes);
        let other = case.pair(&flip(&key_bytes, bit)).verifies;
        // ECDSA has one pair here: what is no key of it cannot be used at all.
        prop_assume!(format!("{:?}", case.scheme.proof).find("EcdsaP256").is_none() && !matches!(case.name, "plaid" | "jwt-bound"));
        let headers = case.sign(&signs, &body);
        prop_assert_eq!(case.verify(headers.clone(), &body, other), "signature_mismatch", "{}", case.name);
        prop_assert_ne!(case.verify(headers, &body, verifies), "signature_mismatch", "{}", case.name);
    }

    /// Any bit of any header that the scheme needs, as long as it stays a header.
    #[test]
    fn any_bit_of_the_headers_counts(
        case in any_case(),
        which in any::<prop::sample::Index>(),
        bit in any::<prop::sample::Index>(),
    ) {
        let Pair { signs, verifies } = case.pair(&[7; 32]);
        let mut all = case.sign(&signs, b"{}");
        let (header, value) = which.get(&all).clone();
        let flipped = String::from_utf8(flip(value.as_bytes(), bit));
        prop_assume!(flipped.is_ok());
        let flipped = flipped.unwrap();
        // The same signature, its hex digits in the other case.
        prop_assume!(!case.is_hex(&header) || !flipped.eq_ignore_ascii_case(&value));
        // The same signature, its padding's bits other than zero: a parser is to take that (RFC 9651, 4.2.7).
        prop_assume!(respelling(&value).is_none_or(|this| Some(this) != respelling(&flipped)));
        for (have, value) in &mut all {
            if *have == header {
                value.clone_from(&flipped);
            }
        }
        let outcome = case.verify(all, b"{}", verifies);
        prop_assert_ne!(outcome, "ok", "{}: {}: {}", case.name, header, flipped);
    }

    #[test]
    fn any_bit_of_the_signature_counts(bit in any::<prop::sample::Index>()) {
        let case = CASES.iter().find(|case| case.name == "github").unwrap();
        let Pair { signs, verifies } = case.pair(&[7; 32]);
        let (header, value) = case.sign(&signs, b"{}").pop().unwrap();
        let mac = hex::decode(value.strip_prefix("sha256=").unwrap()).unwrap();
        let headers = vec![(header, format!("sha256={}", hex::encode(flip(&mac, bit))))];
        prop_assert_eq!(case.verify(headers, b"{}", verifies), "signature_mismatch");
    }

    /// Total, and nothing passes by chance.
    #[test]
    fn arbitrary_headers_are_refused_in_peace(
        case in any_case(),
        junk in prop::collection::vec(
            ".{0,80}|(t|v1|v0|h1|sha256|sig1)[=,][(:;]?[0-9a-fA-F+/=, v1\"@.-]{0,90}|[0-9]{0,21}|[a-zA-Z0-9_-]{0,40}\\.[a-zA-Z0-9_-]{0,40}\\.[a-zA-Z0-9_-]{86}",
            8,
        ),
        body in prop::collection::vec(any::<u8>(), 0..64),
        now in any::<i64>(),
        drop in any::<u8>(),
    ) {
        let Pair { signs, verifies } = case.pair(&[7; 32]);
        let names: Vec<_> = case.sign(&signs, &body).into_iter().map(|(name, _)| name).collect();
        let kept = names.into_iter().zip(junk).enumerate().filter(|(at, _)| drop >> at & 1 == 0);
        let headers = Headers::from_pairs(kept.map(|(_, pair)| pair));
        let keys = case.keys(verifies);
        let _ = case.verifier.precheck(&headers, now);
        let _ = case.verifier.evidence(&headers);
        let _ = case.verifier.signed_bytes(&headers, &body);
        let verified = case.verifier.verify(&headers, &body, &keys, now);
        prop_assert!(verified.is_err(), "{}", case.name);
    }

    /// Bodies that hold their own proof are read with the same care.
    #[test]
    fn arbitrary_bodies_are_refused_in_peace(
        name in prop::sample::select(&["mailgun", "adyen", "twilio"][..]),
        body in "\\PC{0,200}|\\{\"(signature|notificationItems)\":[\\[\\{\"a-zA-Z:0-9,\\}\\]]{0,100}",
    ) {
        let verifier = crate::common::verifier(name);
        let headers = Headers::from_pairs([("x-twilio-signature", STANDARD.encode_to_string([1; 20]))]);
        let key = Key::new("k", "00".repeat(32));
        let outcome = verifier.verify(&headers, &body, &[key], NOW).err();
        prop_assert!(outcome.is_some_and(Rejection::is_provider_fault), "{:?}", outcome);
    }
}
