//! The scanner: its state, and its beginning and end.

mod run;

use crate::Scalar;
use crate::depth::Depth;
use crate::error::{Fault, ScanError};
use crate::paths::{Paths, Place};
use crate::pointer::Pointer;
use crate::text::Text;
pub(crate) use run::At;

/// Reads one JSON document in pieces and keeps the scalars at a few pointers.
#[derive(Clone, Debug)]
pub struct Scanner {
    at: At,
    depth: Depth,
    paths: Paths,
    /// The deepest open container that may hold something requested, and its depth.
    /// 0: there is none, which is so for a document that is no container.
    live: usize,
    container: Place,
    /// Where the value to come, or being read, belongs.
    target: Option<Place>,
    text: Text,
    /// Where the text at hand began, in the document.
    started: u64,
    fed: u64,
    failed: Option<ScanError>,
}

impl Scanner {
    /// A scanner for one document. The same pointer may be given twice.
    #[must_use]
    pub fn new(pointers: &[Pointer]) -> Self {
        Self {
            at: At::Mark(b"\xef\xbb\xbf"),
            depth: Depth::new(),
            paths: Paths::new(pointers),
            live: 0,
            container: Paths::ROOT,
            target: Some(Paths::ROOT),
            text: Text::default(),
            started: 0,
            fed: 0,
            failed: None,
        }
    }

    /// Reads the next piece of the document, of any length.
    ///
    /// # Errors
    ///
    /// [`ScanError`] as soon as the document cannot become valid any more. Every later call
    /// answers the same error.
    pub fn feed(&mut self, piece: &[u8]) -> Result<(), ScanError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        let result = self
            .run(piece)
            .map_err(|fault| fault.outside(self.fed, self.started));
        self.failed = result.err();
        self.fed = self.fed.saturating_add(piece.len() as u64);
        result
    }

    /// Ends the document and answers what was found, one entry for each pointer in their order;
    /// `None` where the document has nothing.
    ///
    /// # Errors
    ///
    /// [`ScanError::Malformed`] if the document is not complete, or the error met before.
    pub fn finish(mut self) -> Result<Vec<Option<Scalar>>, ScanError> {
        if let Some(error) = self.failed {
            return Err(error);
        }
        // Only the end of the document ends a number that is all there is.
        if let At::Number { part, .. } = self.at
            && part.complete()
            && self.depth.len() == 0
        {
            self.at = At::Done;
        }
        match self.at {
            At::Done => Ok(self.paths.into_found()),
            _ => Err(Fault::malformed(0, "cut off").outside(self.fed, self.started)),
        }
    }
}
