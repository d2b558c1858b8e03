use jiff::Timestamp;

/// The system's time. Called once per invocation; everything else takes it as
/// an argument.
#[must_use]
#[expect(
    clippy::disallowed_methods,
    reason = "the edge where the clock is read"
)]
pub fn now() -> Timestamp {
    Timestamp::now()
}
