use base64_simd::URL_SAFE_NO_PAD;
use serde::Deserialize;

/// The members of a JSON Web Key (RFC 7517) that a P-256 public key has.
#[derive(Deserialize)]
struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
}

/// The point that a JSON Web Key describes, uncompressed.
pub(crate) fn ec_point(text: &[u8]) -> Option<Vec<u8>> {
    let jwk: Jwk = serde_json::from_slice(text).ok()?;
    let half = |text: &str| {
        let bytes = URL_SAFE_NO_PAD.decode_to_vec(text).ok()?;
        (bytes.len() == 32).then_some(bytes)
    };
    if jwk.kty != "EC" || jwk.crv != "P-256" {
        return None;
    }
    Some([vec![4], half(&jwk.x)?, half(&jwk.y)?].concat())
}
