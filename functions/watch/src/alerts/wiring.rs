/// What it asks, and whom it tells.
pub(crate) struct Alerts<S, D, M, O, C, Now> {
    /// ARNs.
    pub(crate) topics: Vec<String>,
    /// The pipes that are meant to run.
    pub(crate) pipes: Vec<String>,
    /// The subscriptions that `deliver` reads, and that are meant to be delivered.
    pub(crate) delivered: Vec<String>,
    pub(crate) parts: S,
    pub(crate) dlqs: D,
    pub(crate) memory: M,
    pub(crate) outlet: O,
    pub(crate) sums: C,
    pub(crate) now: Now,
}
