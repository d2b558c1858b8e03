//! Over values that are not wanted: most of a document is only checked.

use crate::depth::Depth;
use crate::error::{ScanError, malformed};
use crate::number;
use crate::runs::{Stops, escape_end, next_token};

/// Reads one value, which must be at `at` or after white space. Answers where it ends.
#[inline(never)]
pub(crate) fn value(
    bytes: &[u8],
    at: usize,
    all_stops: &mut Stops<'_>,
    depth: &mut Depth,
) -> Result<usize, ScanError> {
    let floor = depth.len();
    let mut at = at;
    // In registers while this runs.
    let mut stops = all_stops.clone();
    loop {
        let (byte, place) = token(bytes, at)?;
        at = match byte {
            b'"' => string(bytes, place + 1, &mut stops)?,
            b'{' => {
                depth.push(true, place)?;
                match token(bytes, place + 1)? {
                    (b'}', end) => {
                        depth.pop();
                        end + 1
                    }
                    (b'"', key) => {
                        at = colon(bytes, string(bytes, key + 1, &mut stops)?)?;
                        continue;
                    }
                    (_, place) => return Err(malformed(place, "a key is missing")),
                }
            }
            b'[' => {
                depth.push(false, place)?;
                match token(bytes, place + 1)? {
                    (b']', end) => {
                        depth.pop();
                        end + 1
                    }
                    (_, place) => {
                        at = place;
                        continue;
                    }
                }
            }
            _ => scalar(bytes, byte, place)?,
        };
        loop {
            if depth.len() == floor {
                *all_stops = stops;
                return Ok(at);
            }
            let (byte, place) = token(bytes, at)?;
            at = place + 1;
            match (byte, depth.in_object()) {
                (b',', true) => {
                    let start = key(bytes, at)?;
                    at = colon(bytes, string(bytes, start, &mut stops)?)?;
                    break;
                }
                (b',', false) => break,
                (b'}', true) | (b']', false) => depth.pop(),
                _ => return Err(malformed(place, "a comma or an end is missing")),
            }
        }
    }
}

/// The first byte at or after `at` that is not white space: there must be one.
#[inline(always)]
pub(crate) fn token(bytes: &[u8], at: usize) -> Result<(u8, usize), ScanError> {
    next_token(bytes, at).ok_or_else(|| malformed(bytes.len(), "cut off"))
}

/// Where the string begins that must be the next key: after its quote.
#[inline(always)]
pub(crate) fn key(bytes: &[u8], at: usize) -> Result<usize, ScanError> {
    match token(bytes, at)? {
        (b'"', place) => Ok(place + 1),
        (_, place) => Err(malformed(place, "a key is missing")),
    }
}

/// Where a member's value begins: after the colon that must follow its key.
#[inline(always)]
pub(crate) fn colon(bytes: &[u8], at: usize) -> Result<usize, ScanError> {
    match token(bytes, at)? {
        (b':', place) => Ok(place + 1),
        (_, place) => Err(malformed(place, "a colon is missing")),
    }
}

/// Where a string ends, after its closing quote. It begins at `at`, after its opening quote.
#[inline(always)]
pub(crate) fn string(bytes: &[u8], at: usize, stops: &mut Stops<'_>) -> Result<usize, ScanError> {
    let mut at = at;
    loop {
        at = stops.next(at);
        match bytes.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') => {
                let end = escape_end(bytes, at + 1);
                at = end.ok_or_else(|| malformed(at, "no such escape"))?;
            }
            Some(_) => return Err(malformed(at, "a control character in a string")),
            None => return Err(malformed(at, "cut off")),
        }
    }
}

/// Where a number or literal ends whose first byte this is.
#[inline(always)]
pub(crate) fn scalar(bytes: &[u8], byte: u8, at: usize) -> Result<usize, ScanError> {
    let word: &[u8] = match byte {
        b'-' | b'0'..=b'9' => return number::end(bytes, at),
        b't' => b"true",
        b'f' => b"false",
        b'n' => b"null",
        _ => return Err(malformed(at, "a value is missing")),
    };
    if bytes.get(at..).is_some_and(|rest| rest.starts_with(word)) {
        Ok(at + word.len())
    } else {
        Err(malformed(at, "no such literal"))
    }
}
