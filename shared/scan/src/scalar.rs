use crate::ScanError;

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
    /// An object or an array, so not a scalar. What is in it is not kept.
    Composite,
    /// Something that no scalar can be made of: it is too long, is not Unicode, or its key is
    /// repeated. The rest of the document stays usable.
    Unusable(ScanError),
}
