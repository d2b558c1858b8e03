//! Runs of bytes, found many at a time.
//!
//! Without `unsafe` there are no vector intrinsics at hand, so: eight bytes in a `u64` for what is
//! short, and for the rest loops over a fixed block that the compiler turns into vector code.

/// Bytes whose stops are found in one go.
const BLOCK: usize = 64;

/// Finds the ends of the plain runs in strings.
///
/// Looking for each end where the last one was found would make every step wait for the one
/// before. So the stops of a whole block are marked at once, in the bits of one word, and a step
/// within the block is a shift and a count.
#[derive(Clone, Debug)]
pub(crate) struct Stops<'a> {
    bytes: &'a [u8],
    /// Where the block begins.
    base: usize,
    /// Bit n: byte n of the block is a stop.
    marks: u64,
}

impl<'a> Stops<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        let (base, marks) = marked_block(bytes, 0);
        Self { bytes, base, marks }
    }

    /// Where the run of plain string bytes that starts at `at` ends: at a quote, a backslash, a
    /// control character or the end.
    #[inline(always)]
    pub(crate) fn next(&mut self, at: usize) -> usize {
        let mut at = at;
        loop {
            let offset = at.wrapping_sub(self.base);
            if offset < BLOCK {
                let ahead = self.marks >> offset;
                if ahead != 0 {
                    return at + ahead.trailing_zeros() as usize;
                }
                at = self.base + BLOCK;
            }
            (self.base, self.marks) = marked_block(self.bytes, at);
            at = self.base;
        }
    }
}

/// The first block with a stop in it, at `at` or any number of blocks later, and its marks. The
/// end of the document is a stop.
#[inline(never)]
fn marked_block(bytes: &[u8], at: usize) -> (usize, u64) {
    let mut at = at;
    while let Some(block) = bytes.get(at..).and_then(<[u8]>::first_chunk::<BLOCK>) {
        let crossed = crossed_marks(block);
        if crossed != 0 {
            return (at, uncross(crossed));
        }
        at += BLOCK;
    }
    // Filled up with zeros, which are control characters.
    let mut block = [0; BLOCK];
    for (to, from) in block.iter_mut().zip(bytes.get(at..).unwrap_or_default()) {
        *to = *from;
    }
    (at, uncross(crossed_marks(&block)))
}

/// Marks the quotes, backslashes and control characters of a block: bit n of byte m stands for
/// byte m of the block's word n. In this order the words need only be laid over each other.
#[inline(always)]
fn crossed_marks(block: &[u8; BLOCK]) -> u64 {
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated by the compiler, which would refuse"
    )]
    const BIT_OF_WORD: [u8; BLOCK] = {
        let mut bits = [0; BLOCK];
        let mut place = 0;
        while place < BLOCK {
            bits[place] = 1 << (place / 8);
            place += 1;
        }
        bits
    };
    let mut marks = [0; BLOCK];
    for ((mark, &byte), bit) in marks.iter_mut().zip(block).zip(BIT_OF_WORD) {
        *mark = if is_stop(byte) { bit } else { 0 };
    }
    let (words, _) = marks.as_chunks::<8>();
    words
        .iter()
        .fold(0, |all, word| all | u64::from_le_bytes(*word))
}

/// Puts the marks in the order of the bytes: the bits of a word are a square of eight by eight,
/// to be mirrored at its diagonal, first in squares of two, then of four, then of eight.
#[inline(always)]
fn uncross(crossed: u64) -> u64 {
    let swap = |bits: u64, by: u32, which: u64| {
        let differing = (bits ^ bits >> by) & which;
        bits ^ differing ^ differing << by
    };
    let bits = swap(crossed, 7, 0x00aa_00aa_00aa_00aa);
    let bits = swap(bits, 14, 0x0000_cccc_0000_cccc);
    swap(bits, 28, 0x0000_0000_f0f0_f0f0)
}

#[inline(always)]
fn is_stop(byte: u8) -> bool {
    byte == b'"' || byte == b'\\' || byte < 0x20
}

/// Every byte of a word the same.
const fn splat(byte: u8) -> u64 {
    u64::from_ne_bytes([byte; 8])
}

const HIGH: u64 = splat(0x80);

/// The eight bytes at `at`, the first in the lowest place; `None` if fewer are left.
#[inline(always)]
fn word(bytes: &[u8], at: usize) -> Option<u64> {
    let eight = bytes.get(at..)?.first_chunk::<8>()?;
    Some(u64::from_le_bytes(*eight))
}

/// Which of the eight bytes the lowest bit of a mask belongs to.
#[inline(always)]
fn first(mask: u64) -> usize {
    (mask.trailing_zeros() / 8) as usize
}

/// Where the run of decimal digits that starts at `at` ends.
#[inline(always)]
pub(crate) fn digits_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(word) = word(bytes, at) {
        let others = not_digits(word);
        if others != 0 {
            return at + first(others);
        }
        at += 8;
    }
    while bytes.get(at).is_some_and(u8::is_ascii_digit) {
        at += 1;
    }
    at
}

/// High bits set for bytes that are not decimal digits, the lowest one always right.
#[inline(always)]
fn not_digits(word: u64) -> u64 {
    // `0` to `9` become 0 to 9, and only those stay below 0x80 when 0x76 is added.
    let value = word ^ splat(b'0');
    (value | (value & !HIGH).wrapping_add(splat(0x76))) & HIGH
}

/// The first byte at or after `at` that is not white space, and where it is.
#[inline(always)]
pub(crate) fn next_token(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let byte = *bytes.get(at)?;
    if byte > b' ' {
        return Some((byte, at));
    }
    let at = space_end(bytes, at);
    bytes.get(at).map(|&byte| (byte, at))
}

/// Where the white space ends that starts at `at`: indentation is mostly one line end, many spaces.
#[inline(never)]
fn space_end(bytes: &[u8], at: usize) -> usize {
    let mut at = at;
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = bytes.get(at) {
        at += 1;
        if bytes.get(at).is_some_and(|&byte| byte > b' ') {
            break;
        }
        while let Some(word) = word(bytes, at) {
            let others = word ^ splat(b' ');
            if others != 0 {
                at += first(others);
                break;
            }
            at += 8;
        }
    }
    at
}

/// Where the escape ends whose backslash is just before `at`; `None` if it is not an escape, or is cut off.
#[inline(always)]
pub(crate) fn escape_end(bytes: &[u8], at: usize) -> Option<usize> {
    match class(*bytes.get(at)?) {
        SIMPLE | SIMPLE_AND_HEX => Some(at + 1),
        UNICODE => {
            let [a, b, c, d] = *bytes.get(at + 1..)?.first_chunk::<4>()?;
            let all = class(a) & class(b) & class(c) & class(d) & HEX;
            (all != 0).then_some(at + 5)
        }
        _ => None,
    }
}

/// Class of the bytes that make an escape of two after a backslash.
const SIMPLE: u8 = 1;
/// Class of `u`.
const UNICODE: u8 = 2;
/// Class of hexadecimal digits.
const HEX: u8 = 4;
/// Both, for `b` and `f`.
const SIMPLE_AND_HEX: u8 = SIMPLE | HEX;

/// The class of a byte, 0 for any other.
#[inline(always)]
fn class(byte: u8) -> u8 {
    #[expect(
        clippy::indexing_slicing,
        reason = "evaluated by the compiler, which would refuse"
    )]
    const CLASSES: [u8; 256] = {
        let mut classes = [0; 256];
        let mut byte = 0;
        while byte < 256 {
            classes[byte] = match byte as u8 {
                b'b' | b'f' => SIMPLE_AND_HEX,
                b'"' | b'\\' | b'/' | b'n' | b'r' | b't' => SIMPLE,
                b'u' => UNICODE,
                b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' => HEX,
                _ => 0,
            };
            byte += 1;
        }
        classes
    };
    CLASSES.get(usize::from(byte)).copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{Stops, digits_end, escape_end, is_stop, next_token};

    /// Every byte value, at every distance that a word, a block or a tail could get wrong.
    fn at_every_distance(check: impl Fn(&[u8], usize, u8)) {
        for len in 0..150 {
            for byte in 0..=255 {
                for filler in [b'7', b'0', b'9'] {
                    let mut bytes = vec![filler; len];
                    bytes.push(byte);
                    bytes.extend(std::iter::repeat_n(filler, len % 11));
                    check(&bytes, len, byte);
                }
            }
        }
    }

    #[test]
    fn plain_runs_end_at_the_first_stop() {
        at_every_distance(|bytes, place, byte| {
            let expected = if is_stop(byte) { place } else { bytes.len() };
            assert_eq!(Stops::new(bytes).next(0), expected, "{byte} at {place}");
        });
    }

    #[test]
    fn stops_are_found_from_wherever_one_looks() {
        let bytes: Vec<u8> = (0..1000_u32)
            .map(|n| if n * n % 71 < 3 { b'"' } else { b'x' })
            .collect();
        for step in 1..200 {
            let mut stops = Stops::new(&bytes);
            for at in (0..=bytes.len()).step_by(step) {
                let expected = (at..bytes.len()).find(|&place| bytes[place] == b'"');
                assert_eq!(
                    stops.next(at),
                    expected.unwrap_or(bytes.len()),
                    "from {at} by {step}"
                );
            }
        }
    }

    #[test]
    fn digit_runs_end_at_the_first_other_byte() {
        at_every_distance(|bytes, place, byte| {
            let expected = if byte.is_ascii_digit() {
                bytes.len()
            } else {
                place
            };
            assert_eq!(digits_end(bytes, 0), expected, "{byte} at {place}");
        });
    }

    #[test]
    fn white_space_is_the_four_bytes_of_rfc_8259() {
        for len in 0..40 {
            for byte in 0..=255_u8 {
                for start in [&b"\n"[..], b" ", b"\t\r"] {
                    let mut bytes = start.to_vec();
                    bytes.extend(std::iter::repeat_n(b' ', len));
                    let place = bytes.len();
                    bytes.extend([byte, b'x']);
                    let expected = if b" \t\r\n".contains(&byte) {
                        (b'x', place + 1)
                    } else {
                        (byte, place)
                    };
                    assert_eq!(next_token(&bytes, 0), Some(expected));
                }
            }
        }
        assert_eq!(next_token(b" \r\n", 0), None);
    }

    #[test]
    fn escapes_are_those_of_rfc_8259() {
        for byte in 0..=255_u8 {
            let expected = b"\"\\/bfnrt".contains(&byte).then_some(1);
            assert_eq!(escape_end(&[byte], 0), expected, "{byte}");
            for place in 1..5 {
                let mut digits = *b"u0aF9";
                digits[place] = byte;
                let expected = byte.is_ascii_hexdigit().then_some(5);
                assert_eq!(escape_end(&digits, 0), expected, "{byte} at {place}");
            }
        }
        assert_eq!(escape_end(b"u123", 0), None);
    }
}
