//! The fast way over values that nobody wants.
//!
//! Most of a document is of no interest: it is only checked. Here that is done a whole token at a
//! time, without the bookkeeping of [`Scanner`](crate::Scanner) and without telling faults apart.
//! Wherever a token is not all there or not right, this stops before it, and the scanner reads it
//! again with care.

use crate::depth::Depth;
use crate::number;
use crate::runs::{Stops, next_token};
use crate::scanner::At;
use crate::text::{self, Escape};

/// Reads values from `at`, where one must stand, until so many containers are open as `floor`
/// says. Answers where it stopped, and what must come there. [`At::Value`] means that the scanner
/// must read the next token itself.
#[inline(never)]
pub(crate) fn skip(
    bytes: &[u8],
    at: usize,
    stops_of_piece: &mut Stops<'_>,
    depth: &mut Depth,
    floor: usize,
) -> (usize, At) {
    let mut at = at;
    // In registers while this runs.
    let mut stops = stops_of_piece.clone();
    loop {
        let Some((byte, place)) = next_token(bytes, at) else {
            return (at, At::Value);
        };
        let end = match byte {
            b'"' => string(bytes, place + 1, &mut stops),
            b'{' | b'[' => {
                let object = byte == b'{';
                if !depth.push(object) {
                    return (place, At::Value);
                }
                let inside = place + 1;
                let close = if object { b'}' } else { b']' };
                match next_token(bytes, inside) {
                    Some((next, place)) if next == close => {
                        depth.pop();
                        Some(place + 1)
                    }
                    Some((b'"', place)) if object => match member(bytes, place + 1, &mut stops) {
                        Some(value) => {
                            at = value;
                            continue;
                        }
                        None => return (inside, At::FirstKey),
                    },
                    Some((_, place)) if !object => {
                        at = place;
                        continue;
                    }
                    _ => return (inside, if object { At::FirstKey } else { At::FirstValue }),
                }
            }
            b't' => literal(bytes, place, b"true"),
            b'f' => literal(bytes, place, b"false"),
            b'n' => literal(bytes, place, b"null"),
            _ => number::end(bytes, place),
        };
        let Some(end) = end else {
            return (place, At::Value);
        };
        at = end;
        loop {
            if depth.len() == floor {
                return (at, if floor == 0 { At::Done } else { At::Next });
            }
            match (next_token(bytes, at), depth.in_object()) {
                (Some((b',', place)), true) => {
                    let Some((b'"', key)) = next_token(bytes, place + 1) else {
                        return (place + 1, At::Key);
                    };
                    match member(bytes, key + 1, &mut stops) {
                        Some(value) => at = value,
                        None => return (place + 1, At::Key),
                    }
                    break;
                }
                (Some((b',', place)), false) => {
                    at = place + 1;
                    break;
                }
                (Some((b'}', place)), true) | (Some((b']', place)), false) => {
                    depth.pop();
                    at = place + 1;
                }
                _ => return (at, At::Next),
            }
        }
    }
}

/// Where the value of a member begins whose key's opening quote stands just before `at`.
#[inline(always)]
fn member(bytes: &[u8], at: usize, stops: &mut Stops<'_>) -> Option<usize> {
    match next_token(bytes, string(bytes, at, stops)?)? {
        (b':', place) => Some(place + 1),
        _ => None,
    }
}

/// Where a string ends whose opening quote stands just before `at`.
#[inline(always)]
fn string(bytes: &[u8], at: usize, stops: &mut Stops<'_>) -> Option<usize> {
    text::skip(bytes, at, stops, &mut Escape::None)
        .ok()
        .flatten()
}

#[inline(always)]
fn literal(bytes: &[u8], at: usize, word: &[u8]) -> Option<usize> {
    bytes
        .get(at..)?
        .starts_with(word)
        .then_some(at + word.len())
}
