//! Nothing is verified that was not signed, and a body in pieces is judged like the whole.
#![no_main]

use libfuzzer_sys::fuzz_target;
use signature::{Digests, Key};
use signature_fuzz::{NOW, SECRET, delivery};

fuzz_target!(|noise: &[u8]| {
    let Some((target, headers, body)) = delivery(noise) else {
        return;
    };
    let keys = [Key::new("k", SECRET)];
    let whole = target.verifier.verify(&headers, body, &keys, NOW).err();
    assert!(whole.is_some(), "verified, and never signed");
    let both = Digests { payload: true, signed: true };
    let pieces = match target.verifier.begin(&headers, &keys, both) {
        Err(rejection) => Some(rejection),
        Ok(mut session) => {
            body.chunks(7).for_each(|piece| session.update(piece));
            session.finish(NOW).err()
        }
    };
    assert_eq!(pieces, whole);
});
