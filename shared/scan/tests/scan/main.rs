//! What the scanner finds and refuses, document by document.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod finds;
mod limits;
mod redacts;
mod refuses;

use scan::{JsonPointer, MAX_DEPTH, MAX_SCALAR, Scalar, ScanError, scan};

fn pointers(texts: &[&str]) -> Vec<JsonPointer> {
    texts
        .iter()
        .map(|text| JsonPointer::parse(text).unwrap())
        .collect()
}

fn found(document: impl AsRef<[u8]>, texts: &[&str]) -> Result<Vec<Option<Scalar>>, ScanError> {
    scan(document.as_ref(), &pointers(texts))
}

fn code(document: impl AsRef<[u8]>, texts: &[&str]) -> &'static str {
    match found(document, texts) {
        Err(error) => error.code(),
        Ok(found) => fault(found.iter().flatten()).map_or("valid", |error| error.code()),
    }
}

/// The first fault of a value.
fn fault<'a>(found: impl IntoIterator<Item = &'a Scalar>) -> Option<ScanError> {
    found.into_iter().find_map(|scalar| match scalar {
        Scalar::Unusable(error) => Some(*error),
        _ => None,
    })
}

fn string(text: &str) -> Option<Scalar> {
    Some(Scalar::String(text.to_owned()))
}

fn number(text: &str) -> Option<Scalar> {
    Some(Scalar::Number(text.to_owned()))
}
