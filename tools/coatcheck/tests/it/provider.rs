//! What it takes to sign as each preset's provider would.

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair},
};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use signature::{
    Algorithm, KeyDecode, Names, Part, Preset, Proof, Scheme, SignedScheme, TimestampFrom, presets,
};

pub(crate) const NOW: i64 = 1_700_000_000;

/// Hex, base64 and long enough for every scheme.
pub(crate) const SECRET: &str = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";

const PASSWORD: &str = "user:a password that no one else has";

/// Has the time where a scheme looks for it in the body, and is no challenge.
pub(crate) const BODY: &str =
    r#"{"id":"evt_1","type":"some.event","webhookTimestamp":1700000000000}"#;

/// The arguments for one preset.
pub(crate) struct Provider {
    pub(crate) name: &'static str,
    pub(crate) scheme: Scheme,
    /// Of `sign` and of `verify`.
    pub(crate) common: Vec<String>,
    /// Of `sign`: headers that are signed.
    pub(crate) given: Vec<String>,
    pub(crate) private: String,
    pub(crate) public: String,
}

/// Every preset whose deliveries can be signed: of the others the body holds the signature.
pub(crate) fn all() -> Vec<Provider> {
    presets()
        .unwrap()
        .into_iter()
        .filter(|preset| {
            // Tokens want what an endpoint says.
            !matches!(
                preset.scheme.proof,
                Proof::Mailgun | Proof::Adyen | Proof::Jwt(_)
            )
        })
        .map(Provider::new)
        .collect()
}

impl Provider {
    fn new(preset: Preset) -> Self {
        let Preset { name, scheme, .. } = preset;
        let mut common = ["--scheme", name, "--now", &NOW.to_string(), "--url"]
            .map(str::to_owned)
            .to_vec();
        common.push("https://hooks.example.com/v1/hooks/test?tenant=1".to_owned());
        if scheme.also_basic {
            common.extend(["--basic".to_owned(), PASSWORD.to_owned()]);
        }
        if scheme.proof == Proof::Plaid {
            common.extend(["--secret-id".to_owned(), "kid-1".to_owned()]);
        }
        let (private, public) = keys(&scheme);
        let given = match &scheme.proof {
            Proof::Signed(signed) => signed_headers(signed),
            _ => Vec::new(),
        };
        Self {
            name,
            scheme,
            common,
            given,
            private,
            public,
        }
    }

    /// The arguments of `sign`.
    pub(crate) fn signs(&self, body: &str) -> Vec<String> {
        let mut args = vec![
            "sign".to_owned(),
            "--secret".to_owned(),
            self.private.clone(),
        ];
        args.extend(self.common.iter().cloned());
        for name in &self.given {
            args.extend(["--header".to_owned(), format!("{name}: msg_1")]);
        }
        args.push(body.to_owned());
        args
    }

    /// The arguments of `verify`; the headers come by standard input.
    pub(crate) fn verifies(&self, body: &str) -> Vec<String> {
        let mut args = vec![
            "verify".to_owned(),
            "--secret".to_owned(),
            self.public.clone(),
        ];
        args.extend(self.common.iter().cloned());
        args.extend(["--header", "@-", body].map(str::to_owned));
        args
    }

    /// Whether the body is covered by what proves a delivery.
    pub(crate) fn signs_the_body(&self) -> bool {
        !matches!(self.scheme.proof, Proof::Token(_) | Proof::Basic)
    }

    pub(crate) fn has_a_mac(&self) -> bool {
        self.private == self.public && self.signs_the_body()
    }
}

/// The signed headers but the timestamp, which `sign` writes.
fn signed_headers(scheme: &SignedScheme) -> Vec<String> {
    let clock = scheme.timestamp.as_ref().map(|spec| &spec.from);
    let names = scheme.content.iter().filter_map(|part| match part {
        Part::Header(names) if clock != Some(&TimestampFrom::Header(names.clone())) => Some(names),
        _ => None,
    });
    names
        .map(|names| match names {
            Names::One(name) => name.clone(),
            Names::Each(names) => names[0].clone(),
        })
        .collect()
}

/// What signs, and what verifies.
fn keys(scheme: &Scheme) -> (String, String) {
    let same = |secret: &str| (secret.to_owned(), secret.to_owned());
    match &scheme.proof {
        Proof::Basic => same(PASSWORD),
        Proof::Plaid => {
            let (private, point) = p256();
            let half = |bytes: &[u8]| URL_SAFE_NO_PAD.encode_to_string(bytes);
            let (x, y) = point[1..].split_at(32);
            let jwk = serde_json::json!({"kty": "EC", "crv": "P-256", "x": half(x), "y": half(y)});
            (private, jwk.to_string())
        }
        Proof::Signed(signed) => match signed.algorithm {
            Algorithm::Ed25519 => {
                let seed = [7; 32];
                let pair = Ed25519KeyPair::from_seed_unchecked(&seed).unwrap();
                let encode = |bytes: &[u8]| match signed.key.decode {
                    KeyDecode::Hex => bytes.iter().map(|b| format!("{b:02x}")).collect(),
                    _ => STANDARD.encode_to_string(bytes),
                };
                (encode(&seed), encode(pair.public_key().as_ref()))
            }
            Algorithm::EcdsaP256 => {
                // The head of a SubjectPublicKeyInfo of P-256 (RFC 5480).
                const HEAD: &str = "MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE";
                let (private, point) = p256();
                let mut document = STANDARD.decode_to_vec(HEAD).unwrap();
                document.extend_from_slice(&point[1..]);
                (private, STANDARD.encode_to_string(document))
            }
            _ => same(SECRET),
        },
        _ => same(SECRET),
    }
}

/// A private key in PKCS#8 and its point.
fn p256() -> (String, Vec<u8>) {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
    let private = STANDARD.encode_to_string(document.as_ref());
    (private, pair.public_key().as_ref().to_vec())
}
