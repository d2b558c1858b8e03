/// How good something is, for its colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tone {
    /// As it should be.
    Good,
    /// You should look at it.
    Attention,
    /// You must act.
    Bad,
    /// Off, as it should be.
    Quiet,
}
