//! The state machine between tokens, which may stop after any byte.

use super::Scanner;
use crate::Scalar;
use crate::error::{Fault, Kind};
use crate::fast;
use crate::number::{self, Part};
use crate::runs::{Stops, next_token};
use crate::text::{self, Escape, Keep};

const MARK_BYTES: usize = 3;

/// What must come next, or what is being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum At {
    /// At the very beginning; these bytes of a byte order mark are still to come, if it has one.
    Mark(&'static [u8]),
    Value,
    /// A value, or the end of the array that was just opened.
    FirstValue,
    Key,
    /// A key, or the end of the object that was just opened.
    FirstKey,
    Colon,
    /// After a value in a container: a comma or its end.
    Next,
    /// After the document: white space.
    Done,
    /// In a string that nobody wants.
    Skip {
        key: bool,
        escape: Escape,
    },
    /// In a string that is wanted, or a key that may lead to one.
    Take(Keep),
    /// In a number, wanted by the pointer with this index.
    Number {
        part: Part,
        wanted: Option<usize>,
    },
    /// In `true`, `false` or `null`; these bytes are still to come.
    Literal(&'static [u8]),
}

impl Scanner {
    /// Reads a piece; the position of a fault is within it.
    pub(super) fn run(&mut self, bytes: &[u8]) -> Result<(), Fault> {
        let mut i = 0;
        let mut at = self.at;
        let mut stops = Stops::new(bytes);
        loop {
            match at {
                At::Mark(rest) => {
                    let Some((expected, left)) = rest.split_first() else {
                        at = At::Value;
                        continue;
                    };
                    let Some(byte) = bytes.get(i) else { break };
                    if byte == expected {
                        i += 1;
                        at = At::Mark(left);
                    } else if rest.len() == MARK_BYTES {
                        at = At::Value;
                    } else {
                        return Err(Fault::malformed(i, "a value is missing"));
                    }
                }
                At::Value | At::FirstValue => {
                    let Some((mut byte, mut place)) = next_token(bytes, i) else {
                        break;
                    };
                    if byte == b']' && at == At::FirstValue {
                        i = place + 1;
                        at = self.close();
                        continue;
                    }
                    if self.depth.len() == self.live && self.live > 0 && !self.depth.in_object() {
                        self.target = self.paths.element(self.container);
                    }
                    if self.target.is_none() {
                        (i, at) = fast::skip(bytes, place, &mut stops, &mut self.depth, self.live);
                        if at != At::Value {
                            continue;
                        }
                        let Some(next) = next_token(bytes, i) else {
                            break;
                        };
                        (byte, place) = next;
                    }
                    i = place + 1;
                    at = self.value(byte, place)?;
                }
                At::Key | At::FirstKey => {
                    let Some((byte, place)) = next_token(bytes, i) else {
                        break;
                    };
                    i = place + 1;
                    at = match byte {
                        b'"' if self.depth.len() == self.live => {
                            self.begin(place);
                            At::Take(Keep::Key)
                        }
                        b'"' => At::Skip {
                            key: true,
                            escape: Escape::None,
                        },
                        b'}' if at == At::FirstKey => self.close(),
                        _ => return Err(Fault::malformed(place, "a key is missing")),
                    };
                }
                At::Colon => {
                    let Some((byte, place)) = next_token(bytes, i) else {
                        break;
                    };
                    if byte != b':' {
                        return Err(Fault::malformed(place, "a colon is missing"));
                    }
                    i = place + 1;
                    at = At::Value;
                }
                At::Next => {
                    let Some((byte, place)) = next_token(bytes, i) else {
                        break;
                    };
                    i = place + 1;
                    let object = self.depth.in_object();
                    at = match (byte, object) {
                        (b',', true) => At::Key,
                        (b',', false) => At::Value,
                        (b'}', true) | (b']', false) => self.close(),
                        _ => return Err(Fault::malformed(place, "a comma or an end is missing")),
                    };
                }
                At::Done => {
                    let Some((_, place)) = next_token(bytes, i) else {
                        break;
                    };
                    return Err(Fault::malformed(place, "something follows the document"));
                }
                At::Skip { key, mut escape } => {
                    match text::skip(bytes, i, &mut stops, &mut escape)? {
                        Some(end) => {
                            i = end;
                            at = if key { At::Colon } else { self.after_value() };
                        }
                        None => {
                            at = At::Skip { key, escape };
                            break;
                        }
                    }
                }
                At::Take(keep) => {
                    let Some(end) = self.text.read(bytes, i, &mut stops, keep)? else {
                        break;
                    };
                    i = end;
                    at = match keep {
                        Keep::Key => self.took_key(end),
                        Keep::Scalar(_) => self.took_scalar(Scalar::String),
                    };
                }
                At::Number { part, wanted } => {
                    let (end, part) = number::read(bytes, i, part)?;
                    if let Some(pointer) = wanted {
                        let run = bytes.get(i..end).unwrap_or_default();
                        self.text.push(run, Keep::Scalar(pointer));
                    }
                    i = end;
                    if let Some(part) = part {
                        at = At::Number { part, wanted };
                        break;
                    }
                    at = match wanted {
                        Some(_) => self.took_scalar(Scalar::Number),
                        None => self.after_value(),
                    };
                }
                At::Literal(rest) => {
                    let Some((expected, rest)) = rest.split_first() else {
                        at = self.after_value();
                        continue;
                    };
                    let Some(byte) = bytes.get(i) else { break };
                    if byte != expected {
                        return Err(Fault::malformed(i, "no such literal"));
                    }
                    i += 1;
                    at = At::Literal(rest);
                }
            }
        }
        self.at = at;
        Ok(())
    }

    /// Starts the value whose first byte this is.
    fn value(&mut self, byte: u8, place: usize) -> Result<At, Fault> {
        match byte {
            b'"' => Ok(match self.wanted() {
                Some(pointer) => {
                    self.begin(place);
                    At::Take(Keep::Scalar(pointer))
                }
                None => At::Skip {
                    key: false,
                    escape: Escape::None,
                },
            }),
            b'{' => self.open(true, place),
            b'[' => self.open(false, place),
            b't' => Ok(self.literal(Scalar::Bool(true), b"rue")),
            b'f' => Ok(self.literal(Scalar::Bool(false), b"alse")),
            b'n' => Ok(self.literal(Scalar::Null, b"ull")),
            _ => {
                let missing = || Fault::malformed(place, "a value is missing");
                let part = Part::start(byte).ok_or_else(missing)?;
                let wanted = self.wanted();
                if wanted.is_some() {
                    self.begin(place);
                    self.text.push(&[byte], Keep::Key);
                }
                Ok(At::Number { part, wanted })
            }
        }
    }

    /// Begins to keep the text that starts here in the piece.
    fn begin(&mut self, place: usize) {
        self.text.clear();
        self.started = self.fed.saturating_add(place as u64);
    }

    /// The (first) pointer that wants the value at hand.
    fn wanted(&self) -> Option<usize> {
        self.target.and_then(|place| self.paths.wanted(place))
    }

    fn literal(&mut self, scalar: Scalar, rest: &'static [u8]) -> At {
        if let Some(place) = self.target {
            self.paths.found(place, scalar);
        }
        At::Literal(rest)
    }

    /// Opens an object or an array.
    fn open(&mut self, object: bool, place: usize) -> Result<At, Fault> {
        if !self.depth.push(object) {
            return Err(Fault {
                at: place,
                kind: Kind::TooDeep,
            });
        }
        if let Some(target) = self.target.take() {
            self.paths.found(target, Scalar::Composite);
            let leads_on = if object {
                self.paths.leads_on(target)
            } else {
                self.paths.leads_on_by_index(target)
            };
            if leads_on {
                self.container = target;
                self.live = self.depth.len();
            }
        }
        Ok(if object { At::FirstKey } else { At::FirstValue })
    }

    /// Closes the innermost container.
    fn close(&mut self) -> At {
        if self.depth.len() == self.live {
            self.container = self.paths.parent(self.container);
            self.live -= 1;
        }
        self.depth.pop();
        self.after_value()
    }

    fn after_value(&self) -> At {
        if self.depth.len() == 0 {
            At::Done
        } else {
            At::Next
        }
    }

    /// A key that may lead to something wanted has been read. One that is repeated leads
    /// nowhere, and nor did the first: parsers could disagree on which of them counts.
    fn took_key(&mut self, at: usize) -> At {
        self.target = None;
        if let Ok(key) = self.text.finish() {
            match self.paths.member(self.container, key.as_bytes()) {
                Ok(target) => self.target = target,
                Err((place, pointer)) => {
                    let kind = Kind::DuplicateKey(pointer);
                    let error = Fault { at, kind }.outside(self.fed, self.started);
                    self.paths.spoil(place, error);
                }
            }
        }
        At::Colon
    }

    /// A wanted string or number has been read.
    fn took_scalar(&mut self, kind: fn(String) -> Scalar) -> At {
        if let Some(place) = self.target {
            let scalar = match self.text.finish() {
                Ok(text) => kind(text.to_owned()),
                Err(kind) => {
                    Scalar::Unusable(Fault { at: 0, kind }.outside(self.fed, self.started))
                }
            };
            self.paths.found(place, scalar);
        }
        self.after_value()
    }
}
