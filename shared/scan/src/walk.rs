//! Along the ways to the requested values, and past everything else.

use crate::depth::Depth;
use crate::error::{ScanError, malformed};
use crate::runs::{Stops, next_token};
use crate::skip::{self, colon, key, string, token};
use crate::tree::Node;
use crate::{MAX_SCALAR, Scalar};

const BYTE_ORDER_MARK: &[u8] = b"\xef\xbb\xbf";

/// Reads a document; what is found of it is kept in the tree.
pub(crate) fn document(bytes: &[u8], root: &mut Node) -> Result<(), ScanError> {
    let mut walk = Walk {
        bytes,
        at: first_place(bytes),
        stops: Stops::new(bytes),
        depth: Depth::new(),
    };
    walk.value(Some(root))?;
    match next_token(bytes, walk.at) {
        None => Ok(()),
        Some((_, place)) => Err(malformed(place, "something follows the document")),
    }
}

/// Where a document begins: after its byte order mark, if it has one.
pub(crate) fn first_place(bytes: &[u8]) -> usize {
    if bytes.starts_with(BYTE_ORDER_MARK) {
        BYTE_ORDER_MARK.len()
    } else {
        0
    }
}

struct Walk<'a> {
    bytes: &'a [u8],
    at: usize,
    stops: Stops<'a>,
    depth: Depth,
}

impl Walk<'_> {
    /// Reads the value that must come next. `node`: its place, if it is on the way to something.
    fn value(&mut self, node: Option<&mut Node>) -> Result<(), ScanError> {
        let Some(node) = node else {
            return self.skip();
        };
        let (byte, place) = token(self.bytes, self.at)?;
        self.at = place;
        match byte {
            b'{' => {
                node.keep(Scalar::Composite);
                if node.leads_on() {
                    self.object(node)
                } else {
                    self.skip()
                }
            }
            b'[' => {
                node.keep(Scalar::Composite);
                if node.leads_on_by_index() {
                    self.array(node)
                } else {
                    self.skip()
                }
            }
            _ => {
                self.skip()?;
                if node.is_wanted {
                    let text = self.bytes.get(place..self.at).unwrap_or_default();
                    node.keep(scalar(byte, text, place, node.pointer));
                }
                Ok(())
            }
        }
    }

    fn skip(&mut self) -> Result<(), ScanError> {
        self.at = skip::value(self.bytes, self.at, &mut self.stops, &mut self.depth)?;
        Ok(())
    }

    /// Reads an object that may hold something wanted.
    fn object(&mut self, node: &mut Node) -> Result<(), ScanError> {
        self.depth.push(true, self.at)?;
        self.at += 1;
        if self.closes(b'}')? {
            return Ok(());
        }
        loop {
            let start = key(self.bytes, self.at)?;
            let end = string(self.bytes, start, &mut self.stops)?;
            self.at = colon(self.bytes, end)?;
            let written = self.bytes.get(start - 1..end).unwrap_or_default();
            let member = match written {
                // Without an escape it is its own text.
                [b'"', text @ .., b'"'] if !text.contains(&b'\\') => node.member(text, end),
                _ => decoded(written).and_then(|text| node.member(text.as_bytes(), end)),
            };
            self.value(member)?;
            if self.ends(b'}')? {
                return Ok(());
            }
        }
    }

    /// Reads an array that may hold something wanted.
    fn array(&mut self, node: &mut Node) -> Result<(), ScanError> {
        self.depth.push(false, self.at)?;
        self.at += 1;
        if self.closes(b']')? {
            return Ok(());
        }
        for index in 0.. {
            self.value(node.element(index))?;
            if self.ends(b']')? {
                break;
            }
        }
        Ok(())
    }

    /// Whether the container that was just opened ends at once.
    fn closes(&mut self, end: u8) -> Result<bool, ScanError> {
        let (byte, place) = token(self.bytes, self.at)?;
        if byte == end {
            self.at = place + 1;
            self.depth.pop();
        }
        Ok(byte == end)
    }

    /// Whether the container ends after this value. Otherwise a comma must follow.
    fn ends(&mut self, end: u8) -> Result<bool, ScanError> {
        if self.closes(end)? {
            return Ok(true);
        }
        match token(self.bytes, self.at)? {
            (b',', place) => {
                self.at = place + 1;
                Ok(false)
            }
            (_, place) => Err(malformed(place, "a comma or an end is missing")),
        }
    }
}

/// The scalar that this text, which was checked, stands for. It begins at `at`.
fn scalar(first: u8, text: &[u8], at: usize, pointer: usize) -> Scalar {
    // An escape has at most six bytes for one that it stands for.
    const MAX_WRITTEN: usize = 6 * MAX_SCALAR + 2;
    let offset = at as u64;
    let too_long = ScanError::ValueTooLong { pointer, offset };
    let (kind, kept): (fn(String) -> Scalar, _) = match first {
        b't' | b'f' => return Scalar::Bool(first == b't'),
        b'n' => return Scalar::Null,
        _ if text.len() > MAX_WRITTEN => return Scalar::Unusable(too_long),
        b'"' => (Scalar::String, decoded(text)),
        _ => (Scalar::Number, String::from_utf8(text.to_vec()).ok()),
    };
    match kept {
        Some(text) if text.len() <= MAX_SCALAR => kind(text),
        Some(_) => Scalar::Unusable(too_long),
        None => Scalar::Unusable(ScanError::NotUtf8 { offset }),
    }
}

/// What a string in its quotes stands for; `None` if that is not Unicode.
pub(crate) fn decoded(written: &[u8]) -> Option<String> {
    serde_json::from_slice(written).ok()
}
