//! The body as it came.

use bytes::{Bytes, BytesMut};

use crate::refusal::Refusal;

/// The body's exact bytes, decoded where they are. Their length is checked before.
pub(crate) fn decode(mut bytes: BytesMut, is_base64: bool, limit: usize) -> Result<Bytes, Refusal> {
    let length = if is_base64 {
        bytes.len() / 4 * 3 - padding(&bytes)
    } else {
        bytes.len()
    };
    if length > limit {
        return Err(Refusal::TooLarge {
            bytes: length,
            limit,
        });
    }
    if is_base64 {
        let decoded = base64_simd::STANDARD
            .decode_inplace(&mut bytes)
            .map_err(|_| Refusal::malformed("body_not_base64", "the body is not valid base64"))?
            .len();
        bytes.truncate(decoded);
    }
    Ok(bytes.freeze())
}

fn padding(base64: &[u8]) -> usize {
    base64
        .iter()
        .rev()
        .take(2)
        .take_while(|byte| **byte == b'=')
        .count()
        .min(base64.len() / 4 * 3)
}
