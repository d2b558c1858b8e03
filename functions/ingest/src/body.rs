//! The body as it came, and what it says it is.

use bytes::Bytes;
use domain::Headers;

use crate::refusal::Refusal;

/// The body's exact bytes. Its length is judged before it is decoded.
pub(crate) fn decode(
    body: Option<String>,
    is_base64: bool,
    limit: usize,
) -> Result<Bytes, Refusal> {
    let mut bytes = body.unwrap_or_default().into_bytes();
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
            .map_err(|_| {
                Refusal::malformed(
                    "body_not_base64",
                    "the body is not the base64 it is said to be",
                )
            })?
            .len();
        bytes.truncate(decoded);
    }
    Ok(bytes.into())
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

/// As received. It goes into a header of S3's, so it has to be one.
pub(crate) fn content_type(headers: &Headers) -> Result<String, Refusal> {
    const MAX_BYTES: usize = 256;
    let problem = |what: &str| {
        Refusal::malformed(
            "content_type_invalid",
            format!("the Content-Type is {what}"),
        )
    };
    match headers
        .one("content-type")
        .map_err(|_| problem("repeated"))?
    {
        None | Some("") => Ok("application/octet-stream".to_owned()),
        Some(text) if text.len() > MAX_BYTES => Err(problem("longer than 256 bytes")),
        Some(text) if text.bytes().all(|b| (0x20..0x7f).contains(&b)) => Ok(text.to_owned()),
        Some(_) => Err(problem("not printable ASCII")),
    }
}
