//! The scanner takes the documents that `serde_json` takes, and finds the same in them.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use scan::{JsonPointer, Scalar, ScanError, redacted, scan};
use serde_json::Value;

const TEXTS: [&str; 7] = [
    "/id",
    "/type",
    "/data/object/id",
    "/0",
    "/a/0/b",
    "/a~1b",
    "/data",
];

static POINTERS: LazyLock<Vec<JsonPointer>> = LazyLock::new(|| {
    let texts = TEXTS.iter().map(|text| JsonPointer::parse(text));
    texts.collect::<Result<_, _>>().expect("pointers")
});

/// Skips without an end to the depth, and without a look at what is in texts.
fn is_json(document: &[u8]) -> bool {
    serde_json::from_slice::<serde::de::IgnoredAny>(document).is_ok()
}

fuzz_target!(|noise: &[u8]| {
    let document = noise.strip_prefix(b"\xef\xbb\xbf").unwrap_or(noise);
    let found = match scan(noise, &POINTERS) {
        Ok(found) => found,
        Err(ScanError::TooDeep { .. }) => return,
        Err(error) => return assert!(!is_json(document), "refused: {error}"),
    };
    assert!(is_json(document), "accepted");
    let shown = redacted(noise, &POINTERS[..3], b"\"x\"").expect("it was scanned");
    assert!(scan(&shown, &POINTERS).is_ok(), "redacted to no JSON");
    // Not Unicode, too deep for it, or a number that no float can be.
    let Ok(whole) = serde_json::from_slice::<Value>(document) else {
        return;
    };
    for (pointer, one) in TEXTS.iter().zip(found) {
        let theirs = whole.pointer(pointer);
        match (one, theirs) {
            (None, None) | (Some(Scalar::Unusable(_)), _) => {}
            (Some(Scalar::String(ours)), Some(Value::String(theirs))) => assert_eq!(ours, *theirs),
            (Some(Scalar::Number(ours)), Some(Value::Number(_))) => {
                assert!(is_json(ours.as_bytes()))
            }
            (Some(Scalar::Bool(ours)), Some(Value::Bool(theirs))) => assert_eq!(ours, *theirs),
            (Some(Scalar::Null), Some(Value::Null)) => {}
            (Some(Scalar::Composite), Some(Value::Array(_) | Value::Object(_))) => {}
            (ours, theirs) => panic!("{pointer}: {ours:?} and {theirs:?}"),
        }
    }
});
