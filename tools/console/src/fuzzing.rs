//! What the fuzz targets reach (`make fuzz`): cargo-fuzz sets `cfg(fuzzing)`, and nothing else does.

use domain::Timestamp;

use crate::{fields::Fields, pages};

/// Reads a query as the list of events does. None if it is refused; else the address that the page gives of itself.
#[must_use]
pub fn events(query: &[u8], now: Timestamp) -> Option<String> {
    pages::events_address(&Fields::read(query), now)
}
