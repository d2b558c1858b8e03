//! The ways to the requested values, as a tree of keys.

use crate::json_pointer::JsonPointer;
use crate::{Scalar, ScanError};

/// A place on the way to a requested value, or such a value's own place.
///
/// A place is met at most once in a document, because a repeated key leads nowhere: so what was
/// found can be kept in the place itself.
pub(crate) struct Node {
    token: String,
    /// The token as an array index.
    index: Option<u64>,
    children: Vec<Node>,
    /// First of the pointers that lead here or through here.
    pub(crate) pointer: usize,
    pub(crate) is_wanted: bool,
    is_met: bool,
    found: Option<Scalar>,
}

impl Node {
    /// The document itself.
    pub(crate) fn root(pointers: &[JsonPointer]) -> Self {
        let mut root = Self::new("", 0);
        for (at, pointer) in pointers.iter().enumerate() {
            root.grow(pointer.tokens(), at);
        }
        root
    }

    fn new(token: &str, pointer: usize) -> Self {
        Self {
            token: token.to_owned(),
            index: index(token),
            children: Vec::new(),
            pointer,
            is_wanted: false,
            is_met: false,
            found: None,
        }
    }

    /// Makes the way to a value.
    fn grow<'a>(&mut self, mut tokens: impl Iterator<Item = &'a str>, pointer: usize) {
        let Some(token) = tokens.next() else {
            self.is_wanted = true;
            return;
        };
        match self.children.iter_mut().find(|child| child.token == token) {
            Some(child) => child.grow(tokens, pointer),
            None => {
                let mut child = Self::new(token, pointer);
                child.grow(tokens, pointer);
                self.children.push(child);
            }
        }
    }

    /// Whether an object here can hold something that is wanted.
    pub(crate) fn leads_on(&self) -> bool {
        !self.children.is_empty()
    }

    /// Whether an array here can hold something that is wanted.
    pub(crate) fn leads_on_by_index(&self) -> bool {
        self.children.iter().any(|child| child.index.is_some())
    }

    /// The place that a key of an object leads to, if any. A key that is repeated leads nowhere,
    /// and nor did the first: parsers could disagree on which of them counts.
    pub(crate) fn member(&mut self, key: &[u8], ends_at: usize) -> Option<&mut Self> {
        let child = &mut self.children;
        let child = child.iter_mut().find(|one| one.token.as_bytes() == key)?;
        if child.is_met {
            child.spoil(ScanError::DuplicateKey {
                pointer: child.pointer,
                offset: ends_at as u64,
            });
            return None;
        }
        child.is_met = true;
        Some(child)
    }

    /// The place that an element of an array is, if any.
    pub(crate) fn element(&mut self, index: u64) -> Option<&mut Self> {
        let mut children = self.children.iter_mut();
        children.find(|child| child.index == Some(index))
    }

    /// Keeps what was found here, if it is wanted.
    pub(crate) fn keep(&mut self, scalar: Scalar) {
        if self.is_wanted {
            self.found = Some(scalar);
        }
    }

    /// Makes everything here and below unusable.
    fn spoil(&mut self, error: ScanError) {
        self.keep(Scalar::Unusable(error));
        self.children
            .iter_mut()
            .for_each(|child| child.spoil(error));
    }

    /// What was found at a pointer.
    pub(crate) fn found_at(&self, pointer: &JsonPointer) -> Option<Scalar> {
        let node = pointer.tokens().try_fold(self, |node, token| {
            node.children.iter().find(|child| child.token == token)
        })?;
        node.found.clone()
    }
}

/// A token as an array index: no sign, no leading zero (RFC 6901, section 4). `-`, the element
/// after the last, is never there.
fn index(token: &str) -> Option<u64> {
    let plain = token.bytes().all(|byte| byte.is_ascii_digit());
    let canonical = token == "0" || !token.starts_with('0');
    if plain && canonical {
        token.parse().ok()
    } else {
        None
    }
}
