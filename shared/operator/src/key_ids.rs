//! Ids for new keys.

use domain::Timestamp;

/// The id, or the first of `id-2`, `id-3` and so on that is not taken.
pub(crate) fn unique(id: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let numbered = (2..).map(|number| format!("{id}-{number}"));
    std::iter::once(id.to_owned())
        .chain(numbered)
        .find(|id| !is_taken(id))
        .unwrap_or_default()
}

/// The date, as the id of a key that was created on it.
pub(crate) fn today(now: Timestamp) -> String {
    now.to_string().chars().take(10).collect()
}
