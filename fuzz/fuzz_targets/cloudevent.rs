//! A processor decodes whatever it is called with, and names each event that it was given.
#![no_main]

use domain::Ref;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|noise: &[u8]| {
    let Ok(input) = serde_json::from_slice::<Value>(noise) else {
        return;
    };
    let Some(events) = processor::fuzzing::decode(&input) else {
        return;
    };
    let given = input
        .as_array()
        .or_else(|| input.get("Records")?.as_array());
    assert_eq!(events.len(), given.map_or(1, Vec::len));
    for (_, reference) in events {
        if let Some(reference) = reference {
            let read: Ref = reference.parse().expect("a ref that was decoded");
            assert_eq!(read.to_string(), reference);
        }
    }
});
