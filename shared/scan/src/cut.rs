//! Where the values at some places of a document are, every time that they are there.

use std::ops::Range;

use crate::depth::Depth;
use crate::error::{ScanError, malformed};
use crate::runs::{Stops, next_token};
use crate::skip::{self, colon, key, string, token};
use crate::walk::{decoded, first_place};

/// What is left of the ways to some places.
type Ways<'p> = Vec<&'p [String]>;

/// The places of the values, in order. None lies within another one.
pub(crate) fn places(bytes: &[u8], ways: &Ways<'_>) -> Result<Vec<Range<usize>>, ScanError> {
    let mut cut = Cut {
        bytes,
        at: first_place(bytes),
        stops: Stops::new(bytes),
        depth: Depth::new(),
        found: Vec::new(),
    };
    cut.value(ways)?;
    match next_token(bytes, cut.at) {
        None => Ok(cut.found),
        Some((_, place)) => Err(malformed(place, "something follows the document")),
    }
}

struct Cut<'a> {
    bytes: &'a [u8],
    at: usize,
    stops: Stops<'a>,
    depth: Depth,
    found: Vec<Range<usize>>,
}

impl Cut<'_> {
    /// Reads the value that must come next. As deep as the ways are long.
    fn value(&mut self, ways: &Ways<'_>) -> Result<(), ScanError> {
        if ways.is_empty() {
            return self.skip();
        }
        let (byte, place) = token(self.bytes, self.at)?;
        self.at = place;
        if ways.iter().any(|way| way.is_empty()) {
            self.skip()?;
            self.found.push(place..self.at);
            return Ok(());
        }
        match byte {
            b'{' => self.object(ways),
            b'[' => self.array(ways),
            _ => self.skip(),
        }
    }

    fn skip(&mut self) -> Result<(), ScanError> {
        self.at = skip::value(self.bytes, self.at, &mut self.stops, &mut self.depth)?;
        Ok(())
    }

    /// A key that is repeated leads on each time: no parser's choice of one may show the other.
    fn object(&mut self, ways: &Ways<'_>) -> Result<(), ScanError> {
        self.depth.push(true, self.at)?;
        self.at += 1;
        if self.closes(b'}')? {
            return Ok(());
        }
        loop {
            let start = key(self.bytes, self.at)?;
            let end = string(self.bytes, start, &mut self.stops)?;
            self.at = colon(self.bytes, end)?;
            let name = decoded(self.bytes.get(start - 1..end).unwrap_or_default());
            self.value(&name.map_or_else(Vec::new, |name| after(ways, &name)))?;
            if self.ends(b'}')? {
                return Ok(());
            }
        }
    }

    fn array(&mut self, ways: &Ways<'_>) -> Result<(), ScanError> {
        self.depth.push(false, self.at)?;
        self.at += 1;
        if self.closes(b']')? {
            return Ok(());
        }
        for index in 0_u64.. {
            self.value(&after(ways, &index.to_string()))?;
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

/// What is left of the ways that lead through a member of this name.
fn after<'p>(ways: &Ways<'p>, name: &str) -> Ways<'p> {
    let through = ways.iter().filter_map(|way| {
        let (first, rest) = way.split_first()?;
        (first == name).then_some(rest)
    });
    through.collect()
}
