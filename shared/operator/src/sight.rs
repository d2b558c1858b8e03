/// What of a payload people want to see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sight {
    /// All but what its endpoint redacts.
    #[default]
    Redacted,
    /// The exact bytes. IAM allows it to people with the policy `reveal` in place of `read`.
    Revealed,
}
