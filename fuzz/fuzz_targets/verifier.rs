//! Nothing is verified that was not signed.
#![no_main]

use coatcheck_fuzz::{NOW, SECRET, delivery};
use libfuzzer_sys::fuzz_target;
use signature::Key;

fuzz_target!(|noise: &[u8]| {
    let Some((target, headers, body)) = delivery(noise) else {
        return;
    };
    let keys = [Key::new("k", SECRET)];
    let judged = target.verifier.verify(&headers, body, &keys, NOW);
    assert!(judged.is_err(), "verified, and never signed");
    // Whose headers are believed is judged by its body alone, whatever both hold.
    let _ = target
        .verifier
        .verify_body(&headers, body, "k".to_owned(), NOW);
});
