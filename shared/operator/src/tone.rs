/// How good something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it is to be.
    Good,
    /// Somebody should look at it.
    Worth,
    /// Somebody has to do something.
    Bad,
    /// Off, as it is to be.
    Quiet,
}
