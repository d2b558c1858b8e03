//! A key pair on P-256.

use std::sync::LazyLock;

use aws_lc_rs::{
    rand::SystemRandom,
    signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair},
};
use base64_simd::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::json;

/// One pair is enough: its bytes are not ours to choose.
pub(crate) struct Ecdsa {
    pub(crate) private: String,
    pub(crate) public: String,
    /// As a JSON Web Key.
    pub(crate) jwk: String,
}

pub(crate) static ECDSA: LazyLock<Ecdsa> = LazyLock::new(|| {
    let algorithm = &ECDSA_P256_SHA256_ASN1_SIGNING;
    let document = EcdsaKeyPair::generate_pkcs8(algorithm, &SystemRandom::new()).unwrap();
    let pair = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref()).unwrap();
    let point = pair.public_key().as_ref();
    let half = |bytes: &[u8]| URL_SAFE_NO_PAD.encode_to_string(bytes);
    let (x, y) = (half(&point[1..33]), half(&point[33..]));
    Ecdsa {
        private: STANDARD.encode_to_string(document.as_ref()),
        public: STANDARD.encode_to_string(point),
        jwk: json!({"kty": "EC", "crv": "P-256", "x": x, "y": y}).to_string(),
    }
});
