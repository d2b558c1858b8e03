//! Reading headers never panics, whatever they hold, and reads the same twice.
#![no_main]

use coatcheck_fuzz::{NOW, delivery};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|noise: &[u8]| {
    let Some((target, headers, body)) = delivery(noise) else {
        return;
    };
    let outcome = target.verifier.precheck(&headers, NOW);
    // What is kept as evidence is judged as the headers were.
    let evidence = target.verifier.evidence(&headers);
    if outcome.is_ok() && !target.verifier.is_header_only() {
        let _ = target.verifier.signed_bytes(&evidence, body);
    }
    let _ = target.verifier.signed_bytes(&headers, body);
});
