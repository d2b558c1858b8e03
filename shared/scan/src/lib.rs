//! Streaming JSON scanner: validates a document and picks out a few scalars by JSON pointer, in constant memory.
//!
//! A webhook body is stored as it came; all that is needed from it is an id, a type and a few
//! more short values. [`Scanner`] takes the bytes in pieces of any size, checks that they form one
//! RFC 8259 document (a byte order mark before it is skipped), and keeps only the scalars asked for. Nothing is allocated per value,
//! nesting is bounded by [`MAX_DEPTH`] and a kept scalar by [`MAX_SCALAR`].
//!
//! What is wrong with one requested value alone is told in its place, as [`Scalar::Unusable`].
//! Strings that nobody asked for are checked for syntax only: whether their bytes are UTF-8 and
//! their surrogates paired is for whoever reads them.
//!
//! ```
//! use scan::{Pointer, Scalar, Scanner};
//!
//! let pointers = [Pointer::parse("/data/id")?, Pointer::parse("/type")?];
//! let mut scanner = Scanner::new(&pointers);
//! scanner.feed(br#"{"data":{"id":"in_1","lines":[1,2]},"ty"#)?;
//! scanner.feed(br#"pe":null}"#)?;
//! let found = scanner.finish()?;
//! assert_eq!(found, [Some(Scalar::String("in_1".to_owned())), Some(Scalar::Null)]);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod depth;
mod error;
mod fast;
mod number;
mod paths;
mod pointer;
mod runs;
mod scanner;
mod text;

pub use error::ScanError;
pub use pointer::{Pointer, PointerError};
pub use scanner::Scanner;

/// Deepest nesting accepted, in containers. Far beyond any provider's payload, and small enough
/// that most recursive parsers downstream survive it too.
pub const MAX_DEPTH: usize = 512;

/// Longest scalar kept, in bytes: of a string after its escapes are decoded, of a number its text.
pub const MAX_SCALAR: usize = 4096;

/// What was found at a pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Scalar {
    /// A string, its escapes decoded.
    String(String),
    /// A number, as written: `1.0` and `1` stay different, and no digit is lost.
    Number(String),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// An object or an array, so no scalar at all. What is in it is not kept.
    Composite,
    /// Something that no scalar can be made of: it is too long, is no Unicode, or its key is
    /// repeated. The rest of the document is none the worse for it.
    Unusable(ScanError),
}

/// Scans a document that is already in memory: [`Scanner`] fed once.
///
/// The answer has one entry for each pointer, in their order; `None` where the document has
/// nothing there.
///
/// # Errors
///
/// Any [`ScanError`].
pub fn scan(document: &[u8], pointers: &[Pointer]) -> Result<Vec<Option<Scalar>>, ScanError> {
    let mut scanner = Scanner::new(pointers);
    scanner.feed(document)?;
    scanner.finish()
}
