//! The progress of a long operation.

/// Receives the progress: a terminal, a page, or nothing (`()`).
pub trait Progress {
    /// What the operation is doing now.
    fn doing(&self, _what: &str) {}

    /// How many items there are.
    fn of(&self, _many: u64) {}

    /// How many items are done.
    fn done(&self, _many: u64) {}

    /// A remark that stays visible.
    fn note(&self, _text: &str) {}
}

impl Progress for () {}
