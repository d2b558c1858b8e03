//! How far long work is.

/// Who is told: a terminal, a page, or nobody (`()`).
pub trait Progress {
    /// What is being done now.
    fn doing(&self, _what: &str) {}

    /// How many there are, as it turns out.
    fn of(&self, _many: u64) {}

    /// How many are done.
    fn done(&self, _many: u64) {}

    /// A remark that is to be kept.
    fn note(&self, _text: &str) {}
}

impl Progress for () {}
