//! Numbers (RFC 8259, section 6), in pieces.

use crate::error::Fault;
use crate::runs;

/// How much of a number has been read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    /// `-`: a digit must follow.
    Minus,
    /// A leading `0`: no digit may follow.
    Zero,
    /// The integer.
    Integer,
    /// `.`: a digit must follow.
    Point,
    /// The fraction.
    Fraction,
    /// `e`: a sign or a digit must follow.
    E,
    /// The exponent's sign: a digit must follow.
    Sign,
    /// The exponent.
    Exponent,
}

impl Part {
    /// What a number that starts with this byte has read after it; `None` if no number does.
    #[inline(always)]
    pub(crate) fn start(byte: u8) -> Option<Self> {
        match byte {
            b'1'..=b'9' => Some(Self::Integer),
            b'0' => Some(Self::Zero),
            b'-' => Some(Self::Minus),
            _ => None,
        }
    }

    /// Whether the number may end here.
    pub(crate) fn complete(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Integer | Self::Fraction | Self::Exponent
        )
    }
}

/// Reads on. Answers where it stopped and, if the piece ended before the number did, the part it
/// stopped in. The byte after the number is left for the caller to judge.
#[inline(always)]
pub(crate) fn read(bytes: &[u8], at: usize, part: Part) -> Result<(usize, Option<Part>), Fault> {
    let mut at = at;
    let mut part = part;
    loop {
        if matches!(part, Part::Integer | Part::Fraction | Part::Exponent) {
            at = runs::digits_end(bytes, at);
        }
        let Some(&byte) = bytes.get(at) else {
            return Ok((at, Some(part)));
        };
        part = match (part, byte) {
            (Part::Minus, b'0') => Part::Zero,
            (Part::Minus, b'1'..=b'9') => Part::Integer,
            (Part::Zero | Part::Integer, b'.') => Part::Point,
            (Part::Point, b'0'..=b'9') => Part::Fraction,
            (Part::Zero | Part::Integer | Part::Fraction, b'e' | b'E') => Part::E,
            (Part::E, b'+' | b'-') => Part::Sign,
            (Part::E | Part::Sign, b'0'..=b'9') => Part::Exponent,
            _ if part.complete() => return Ok((at, None)),
            _ => return Err(Fault::malformed(at, "a digit is missing")),
        };
        at += 1;
    }
}

/// Where the number ends that starts at `at`; `None` if it may go on after the piece, or is none.
#[inline(always)]
pub(crate) fn end(bytes: &[u8], at: usize) -> Option<usize> {
    let mut at = at;
    let mut byte = *bytes.get(at)?;
    if byte == b'-' {
        at += 1;
        byte = *bytes.get(at)?;
    }
    at = match byte {
        b'1'..=b'9' => runs::digits_end(bytes, at + 1),
        b'0' => at + 1,
        _ => return None,
    };
    match bytes.get(at)? {
        b',' => return Some(at),
        b'.' => at = some_digits(bytes, at + 1)?,
        _ => {}
    }
    if bytes.get(at)? | 0x20 == b'e' {
        let sign = matches!(bytes.get(at + 1)?, b'+' | b'-');
        at = some_digits(bytes, at + 1 + usize::from(sign))?;
        bytes.get(at)?;
    }
    Some(at)
}

/// Where the digits end that must stand here. Fractions in one document tend to be of one length
/// and exponents are short: one by one, the processor guesses them and need not wait.
#[inline(always)]
fn some_digits(bytes: &[u8], at: usize) -> Option<usize> {
    let mut end = at;
    while bytes.get(end)?.is_ascii_digit() {
        end += 1;
        if end - at == 8 {
            return Some(runs::digits_end(bytes, end));
        }
    }
    (end > at).then_some(end)
}
