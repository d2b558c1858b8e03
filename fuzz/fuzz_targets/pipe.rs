//! Patterns, templates and messages of the emulator of Pipes: a template that is JSON stays JSON, whatever the message has.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|noise: &[u8]| {
    let text = String::from_utf8_lossy(noise);
    let mut parts = text.splitn(3, '\n');
    let mut part = || parts.next().unwrap_or_default();
    let Ok((_, given, is_json)) = pipes_emulator::fuzzing::pipe(part(), part(), part()) else {
        return;
    };
    if is_json {
        let read = serde_json::from_str::<serde::de::IgnoredAny>(&given);
        assert!(read.is_ok(), "no longer JSON: {given}");
    }
});
