//! The console reads any query, and the address that it gives of a page leads to that page.
#![no_main]

use coatcheck_console::fuzzing::events;
use coatcheck_fuzz::NOW;
use domain::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|noise: &[u8]| {
    let now = Timestamp::from_second(NOW).expect("a time");
    let Some(address) = events(noise, now) else {
        return;
    };
    let (page, query) = address.split_once('?').expect("a span at least");
    assert_eq!(page, "/events");
    assert_eq!(events(query.as_bytes(), now).as_deref(), Some(&*address));
});
