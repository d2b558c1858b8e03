//! The ways to the requested values, as a tree of keys.

use crate::pointer::Pointer;
use crate::{Scalar, ScanError};

/// A place on the way to a requested value, or such a value's own place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Place(usize);

/// The ways to the requested values. A place is met at most once in a document, because a repeated
/// key leads nowhere: so what was found can be kept in the place itself.
#[derive(Clone, Debug)]
pub(crate) struct Paths {
    nodes: Vec<Node>,
    /// The place of each pointer.
    wanted: Vec<Place>,
}

#[derive(Clone, Debug)]
struct Node {
    token: String,
    /// The token as an array index.
    index: Option<u64>,
    parent: Place,
    children: Vec<Place>,
    /// First of the pointers that lead here or through here.
    pointer: usize,
    is_wanted: bool,
    is_met: bool,
    /// If this is an array: the index of its next element.
    next: u64,
    found: Option<Scalar>,
}

impl Paths {
    /// The document itself.
    pub(crate) const ROOT: Place = Place(0);

    pub(crate) fn new(pointers: &[Pointer]) -> Self {
        let root = Node::new(String::new(), Self::ROOT, 0);
        let mut paths = Self {
            nodes: vec![root],
            wanted: Vec::with_capacity(pointers.len()),
        };
        for (index, pointer) in pointers.iter().enumerate() {
            let mut place = Self::ROOT;
            for token in pointer.tokens() {
                place = paths.child(place, token, index);
            }
            if let Some(node) = paths.node_mut(place) {
                node.is_wanted = true;
            }
            paths.wanted.push(place);
        }
        paths
    }

    /// The child with this token, made if it is new.
    fn child(&mut self, parent: Place, token: &str, pointer: usize) -> Place {
        if let Some(place) = self.find(parent, |node| node.token == token) {
            return place;
        }
        let place = Place(self.nodes.len());
        self.nodes
            .push(Node::new(token.to_owned(), parent, pointer));
        if let Some(node) = self.node_mut(parent) {
            node.children.push(place);
        }
        place
    }

    fn node(&self, place: Place) -> Option<&Node> {
        self.nodes.get(place.0)
    }

    fn node_mut(&mut self, place: Place) -> Option<&mut Node> {
        self.nodes.get_mut(place.0)
    }

    fn find(&self, parent: Place, is_it: impl Fn(&Node) -> bool) -> Option<Place> {
        let children = &self.node(parent)?.children;
        children
            .iter()
            .copied()
            .find(|&place| self.node(place).is_some_and(&is_it))
    }

    /// The place that a key of an object leads to, if any.
    ///
    /// # Errors
    /// The place and its (first) pointer, if the key stood there before.
    pub(crate) fn member(
        &mut self,
        object: Place,
        key: &[u8],
    ) -> Result<Option<Place>, (Place, usize)> {
        let Some(place) = self.find(object, |node| node.token.as_bytes() == key) else {
            return Ok(None);
        };
        match self.node_mut(place) {
            Some(node) if node.is_met => Err((place, node.pointer)),
            Some(node) => {
                node.is_met = true;
                Ok(Some(place))
            }
            None => Ok(None),
        }
    }

    /// The place that the next element of an array is, if any.
    pub(crate) fn element(&mut self, array: Place) -> Option<Place> {
        let node = self.node_mut(array)?;
        let index = node.next;
        node.next += 1;
        self.find(array, |node| node.index == Some(index))
    }

    /// Whether an object here can hold something that is wanted.
    pub(crate) fn leads_on(&self, place: Place) -> bool {
        self.node(place)
            .is_some_and(|node| !node.children.is_empty())
    }

    /// Whether an array here can hold something that is wanted.
    pub(crate) fn leads_on_by_index(&self, place: Place) -> bool {
        self.find(place, |node| node.index.is_some()).is_some()
    }

    /// The container that this place is in.
    pub(crate) fn parent(&self, place: Place) -> Place {
        self.node(place).map_or(Self::ROOT, |node| node.parent)
    }

    /// The (first) pointer to this place, if there is one.
    pub(crate) fn wanted(&self, place: Place) -> Option<usize> {
        self.node(place)
            .filter(|node| node.is_wanted)
            .map(|node| node.pointer)
    }

    /// Keeps what was found at a place, if it is wanted.
    pub(crate) fn found(&mut self, place: Place, scalar: Scalar) {
        if let Some(node) = self.node_mut(place)
            && node.is_wanted
        {
            node.found = Some(scalar);
        }
    }

    /// Makes everything at and under a place unusable.
    pub(crate) fn spoil(&mut self, place: Place, error: ScanError) {
        self.found(place, Scalar::Unusable(error));
        let children = self.node(place).map(|node| node.children.clone());
        for child in children.unwrap_or_default() {
            self.spoil(child, error);
        }
    }

    /// What was found for each pointer.
    pub(crate) fn into_found(mut self) -> Vec<Option<Scalar>> {
        // Several pointers may be the same, so the last to ask takes what the others copy.
        let wanted = std::mem::take(&mut self.wanted);
        wanted
            .iter()
            .map(|&place| self.node(place).and_then(|node| node.found.clone()))
            .collect()
    }
}

impl Node {
    fn new(token: String, parent: Place, pointer: usize) -> Self {
        let index = index(&token);
        Self {
            token,
            index,
            parent,
            children: Vec::new(),
            pointer,
            is_wanted: false,
            is_met: false,
            next: 0,
            found: None,
        }
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
