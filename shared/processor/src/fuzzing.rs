//! What the fuzz targets reach (`make fuzz`): cargo-fuzz sets `cfg(fuzzing)`, and nothing else does.

use std::sync::Arc;

use serde_json::Value;

use crate::{input::Input, testing::Held};

/// Decodes what a function was called with. None if it has no known form; else for each event what an answer names, and
/// its ref if it could be decoded.
#[must_use]
pub fn decode(input: &Value) -> Option<Vec<(Option<String>, Option<String>)>> {
    let store: Arc<dyn crate::ports::ClaimStore> = Arc::new(Held::default());
    let input = Input::decode(input, &store).ok()?;
    let of = |one: crate::input::Delivered| {
        let reference = one.event.ok().map(|event| event.reference().to_string());
        (one.identifier, reference)
    };
    Some(input.into_all().into_iter().map(of).collect())
}
