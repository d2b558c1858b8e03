//! The containers that are open, one bit each.

use crate::ScanError;

/// Deepest nesting accepted, in containers. Far beyond any provider's payload, and small enough
/// that most recursive parsers downstream survive it too.
pub const MAX_DEPTH: usize = 512;

const WORD: usize = 64;

/// A stack of bits of fixed size: which of the open containers are objects.
///
/// The innermost 64 live in one register; the words before it are written only when a document
/// crosses a multiple of 64 levels.
#[derive(Clone, Debug)]
pub(crate) struct Depth {
    len: usize,
    top: u64,
    below: [u64; MAX_DEPTH / WORD],
}

impl Depth {
    pub(crate) const fn new() -> Self {
        Self {
            len: 0,
            top: 0,
            below: [0; MAX_DEPTH / WORD],
        }
    }

    /// How many containers are open.
    #[inline(always)]
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// Whether the innermost open container is an object; `false` if none is open.
    #[inline(always)]
    pub(crate) fn in_object(&self) -> bool {
        self.top & 1 == 1
    }

    /// Opens the container that begins at `at`, unless that is one too many.
    #[inline(always)]
    pub(crate) fn push(&mut self, object: bool, at: usize) -> Result<(), ScanError> {
        if self.len == MAX_DEPTH {
            let offset = at as u64;
            return Err(ScanError::TooDeep { offset });
        }
        if self.len.is_multiple_of(WORD)
            && let Some(word) = self.below.get_mut(self.len / WORD)
        {
            *word = self.top;
        }
        self.top = self.top << 1 | u64::from(object);
        self.len += 1;
        Ok(())
    }

    /// Closes the innermost container, which must exist.
    #[inline(always)]
    pub(crate) fn pop(&mut self) {
        self.len = self.len.saturating_sub(1);
        self.top >>= 1;
        if self.len.is_multiple_of(WORD)
            && let Some(word) = self.below.get(self.len / WORD)
        {
            self.top = *word;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Depth;
    use crate::MAX_DEPTH;

    #[test]
    fn remembers_every_level_to_the_limit() {
        let kinds: Vec<bool> = (0..MAX_DEPTH)
            .map(|level| level % 3 == 0 || level % 7 == 2)
            .collect();
        let mut depth = Depth::new();
        for (level, &object) in kinds.iter().enumerate() {
            assert_eq!(depth.len(), level);
            depth.push(object, 0).unwrap();
            assert_eq!(depth.in_object(), object);
        }
        assert!(depth.push(true, 0).is_err());
        for &object in kinds.iter().rev() {
            assert_eq!(depth.in_object(), object);
            depth.pop();
        }
        assert_eq!(depth.len(), 0);
        assert!(!depth.in_object());
    }
}
