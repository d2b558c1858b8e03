//! Numbers (RFC 8259, section 6).

use crate::error::{ScanError, malformed};
use crate::runs;

/// Where the number ends that starts at `at`. The byte after it is left for the caller to judge.
#[inline(always)]
pub(crate) fn end(bytes: &[u8], at: usize) -> Result<usize, ScanError> {
    let start = at + usize::from(bytes.get(at) == Some(&b'-'));
    let mut at = match bytes.get(start) {
        Some(b'1'..=b'9') => runs::digits_end(bytes, start + 1),
        Some(b'0') => start + 1,
        _ => return Err(missing(start)),
    };
    if bytes.get(at) == Some(&b'.') {
        at = some_digits(bytes, at + 1)?;
    }
    if let Some(b'e' | b'E') = bytes.get(at) {
        let sign = matches!(bytes.get(at + 1), Some(b'+' | b'-'));
        at = some_digits(bytes, at + 1 + usize::from(sign))?;
    }
    Ok(at)
}

/// Where the digits end that must be here. Fractions in one document tend to be of one length
/// and exponents are short: one by one, the processor guesses them and need not wait.
#[inline(always)]
fn some_digits(bytes: &[u8], at: usize) -> Result<usize, ScanError> {
    let mut end = at;
    while bytes.get(end).is_some_and(u8::is_ascii_digit) {
        end += 1;
        if end - at == 8 {
            return Ok(runs::digits_end(bytes, end));
        }
    }
    if end > at { Ok(end) } else { Err(missing(at)) }
}

fn missing(at: usize) -> ScanError {
    malformed(at, "a digit is missing")
}
