//! The inside of strings (RFC 8259, section 7), in pieces: skipped or decoded.

use crate::MAX_SCALAR;
use crate::error::{Fault, Kind};
use crate::runs::{self, Stops};

/// How much of an escape has been read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Escape {
    /// None is begun.
    #[default]
    None,
    /// The backslash.
    Backslash,
    /// `\u` and this many hexadecimal digits.
    Hex(u8),
}

/// What one byte after a backslash stands for; `None` for `u` and for what is no escape.
fn simple(byte: u8) -> Option<u8> {
    Some(match byte {
        b'"' | b'\\' | b'/' => byte,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        _ => return None,
    })
}

fn bad_escape(at: usize) -> Fault {
    Fault::malformed(at, "no such escape")
}

fn control(at: usize) -> Fault {
    Fault::malformed(at, "a control character in a string")
}

/// Reads to the end of a string that nobody wants. Answers where it goes on after the closing
/// quote; `None` if the piece ended first, and then `escape` says in what.
#[inline(always)]
pub(crate) fn skip(
    bytes: &[u8],
    at: usize,
    stops: &mut Stops<'_>,
    escape: &mut Escape,
) -> Result<Option<usize>, Fault> {
    let mut at = at;
    if *escape != Escape::None {
        let Some(end) = skip_escape(bytes, at, escape)? else {
            return Ok(None);
        };
        at = end;
    }
    loop {
        at = stops.next(at);
        match bytes.get(at) {
            Some(b'"') => return Ok(Some(at + 1)),
            Some(b'\\') => at += 1,
            Some(_) => return Err(control(at)),
            None => return Ok(None),
        }
        at = match runs::escape_end(bytes, at) {
            Some(end) => end,
            None => {
                *escape = Escape::Backslash;
                let Some(end) = skip_escape(bytes, at, escape)? else {
                    return Ok(None);
                };
                end
            }
        };
    }
}

/// Reads on in an escape that may be cut in two. Answers as [`skip`] does, for the escape.
#[inline(never)]
fn skip_escape(bytes: &[u8], at: usize, escape: &mut Escape) -> Result<Option<usize>, Fault> {
    let mut at = at;
    while let Some(&byte) = bytes.get(at) {
        *escape = match *escape {
            Escape::Backslash if byte == b'u' => Escape::Hex(0),
            Escape::Backslash if simple(byte).is_some() => Escape::None,
            Escape::Hex(3) if byte.is_ascii_hexdigit() => Escape::None,
            Escape::Hex(count) if byte.is_ascii_hexdigit() => Escape::Hex(count + 1),
            _ => return Err(bad_escape(at)),
        };
        at += 1;
        if *escape == Escape::None {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

/// A string or number being kept.
#[derive(Clone, Debug, Default)]
pub(crate) struct Text {
    bytes: Vec<u8>,
    /// What makes it unusable. It is read to its end, and not kept.
    spoilt: Option<Kind>,
    escape: Escape,
    unit: u16,
    high: Option<u16>,
}

/// What is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Keep {
    /// A key. One that is unusable matches nothing.
    Key,
    /// The scalar of the pointer with this index.
    Scalar(usize),
}

impl Text {
    /// Forgets the last text; its memory is used again.
    pub(crate) fn clear(&mut self) {
        self.bytes.clear();
        self.spoilt = None;
        self.escape = Escape::None;
        self.high = None;
    }

    /// The whole text, or what makes it unusable.
    pub(crate) fn finish(&self) -> Result<&str, Kind> {
        match self.spoilt {
            Some(kind) => Err(kind),
            None => std::str::from_utf8(&self.bytes).map_err(|_| Kind::NotUtf8),
        }
    }

    /// Adds bytes as they are.
    pub(crate) fn push(&mut self, run: &[u8], keep: Keep) {
        if self.spoilt.is_some() {
            return;
        }
        if self.bytes.len() + run.len() <= MAX_SCALAR {
            self.bytes.extend_from_slice(run);
        } else {
            // Nothing is looked for by a key that long.
            self.spoilt = Some(match keep {
                Keep::Scalar(pointer) => Kind::ValueTooLong(pointer),
                Keep::Key => Kind::NotUtf8,
            });
        }
    }

    /// Reads to the end of a string, keeping what it stands for. Answers as [`skip`] does.
    pub(crate) fn read(
        &mut self,
        bytes: &[u8],
        at: usize,
        stops: &mut Stops<'_>,
        keep: Keep,
    ) -> Result<Option<usize>, Fault> {
        let mut at = at;
        loop {
            match self.escape {
                Escape::None => {
                    let end = stops.next(at);
                    if end > at {
                        self.unpaired();
                        self.push(bytes.get(at..end).unwrap_or_default(), keep);
                    }
                    at = end;
                    match bytes.get(at) {
                        Some(b'"') => {
                            self.unpaired();
                            return Ok(Some(at + 1));
                        }
                        Some(b'\\') => self.escape = Escape::Backslash,
                        Some(_) => return Err(control(at)),
                        None => return Ok(None),
                    }
                }
                Escape::Backslash => match bytes.get(at) {
                    Some(b'u') => {
                        self.unit = 0;
                        self.escape = Escape::Hex(0);
                    }
                    Some(&byte) => {
                        self.unpaired();
                        let decoded = simple(byte).ok_or_else(|| bad_escape(at))?;
                        self.push(&[decoded], keep);
                        self.escape = Escape::None;
                    }
                    None => return Ok(None),
                },
                Escape::Hex(count) => {
                    let Some(&byte) = bytes.get(at) else {
                        return Ok(None);
                    };
                    let digit = char::from(byte)
                        .to_digit(16)
                        .ok_or_else(|| bad_escape(at))?;
                    self.unit = self.unit << 4 | (digit & 0xf) as u16;
                    if count == 3 {
                        self.escape = Escape::None;
                        self.push_unit(keep);
                    } else {
                        self.escape = Escape::Hex(count + 1);
                    }
                }
            }
            at += 1;
        }
    }

    /// Notes a high surrogate that the low one does not follow.
    fn unpaired(&mut self) {
        if self.high.take().is_some() {
            self.spoilt.get_or_insert(Kind::NotUtf8);
        }
    }

    /// Adds the UTF-16 unit just read.
    fn push_unit(&mut self, keep: Keep) {
        if self.high.is_none() && (0xd800..0xdc00).contains(&self.unit) {
            self.high = Some(self.unit);
            return;
        }
        let units = self.high.take().into_iter().chain([self.unit]);
        for decoded in char::decode_utf16(units) {
            match decoded {
                Ok(character) => self.push(character.encode_utf8(&mut [0; 4]).as_bytes(), keep),
                Err(_) => {
                    self.spoilt.get_or_insert(Kind::NotUtf8);
                }
            }
        }
    }
}
