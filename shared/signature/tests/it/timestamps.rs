//! Timestamps in the headers.

use coatcheck_signature::{SignInput, sign};
use domain::Headers;

use crate::common::{BODY, NOW, good, judge, judge_all, key, preset, signed, verifier, word};

#[test]
fn two_timestamps_in_one_header() {
    let value = good("stripe", "stripe-signature");
    for value in [format!("t=1,{value}"), format!("{value},t={NOW}")] {
        assert_eq!(
            judge("stripe", "stripe-signature", &value),
            "signature_duplicated",
            "{value}"
        );
    }
}

#[test]
fn timestamps_that_only_a_lenient_reader_takes() {
    let odd = [
        "+1700000000",
        " 1700000000",
        "1700000000 ",
        "1e9",
        "1.7e9",
        "17000000000",
        "170000000",
        "-1739923528",
        "-9223372036854775808",
        "99999999999999999999999",
        "0x6553f100",
        "Infinity",
        "NaN",
        "1700000000.0",
        "1700000000junk",
        "1",
        "+1",
        " 1",
        "\t1700000000",
    ];
    // Signed just so: it is the grammar that refuses, not the MAC.
    for text in odd {
        for name in ["stripe", "standard-webhooks"] {
            let scheme = preset(name);
            let input = SignInput {
                body: BODY,
                now: NOW,
                headers: if name == "stripe" {
                    &[]
                } else {
                    &[("webhook-id", "m"), ("webhook-timestamp", text)]
                },
                params: if name == "stripe" {
                    &[("t", text)]
                } else {
                    &[]
                },
                ..SignInput::default()
            };
            let headers = Headers::from_pairs(sign(&scheme, &key(), &input).unwrap());
            assert_eq!(
                judge_all(&scheme, &headers),
                "timestamp_malformed",
                "{name} {text:?}"
            );
        }
    }
}

#[test]
fn the_window_is_closed_on_both_sides() {
    for name in ["stripe", "standard-webhooks"] {
        let scheme = preset(name);
        let headers = Headers::from_pairs(signed(&scheme, &key(), BODY));
        let verifier = verifier(name);
        for (offset, expected) in [
            (300, "ok"),
            (301, "timestamp_stale"),
            (-300, "ok"),
            (-301, "timestamp_future"),
            (-31_536_000, "timestamp_future"),
        ] {
            assert_eq!(
                word(verifier.verify(&headers, BODY, &[key()], NOW + offset)),
                expected,
                "{name} {offset}"
            );
            assert_eq!(
                word(verifier.precheck(&headers, NOW + offset)),
                expected,
                "{name} {offset}"
            );
        }
        for now in [i64::MIN, i64::MAX] {
            assert_ne!(word(verifier.verify(&headers, BODY, &[key()], now)), "ok");
        }
    }
}

#[test]
fn a_stale_forgery_is_a_mismatch() {
    let scheme = preset("stripe");
    let headers = Headers::from_pairs(signed(&scheme, &key(), b"other"));
    assert_eq!(
        word(verifier("stripe").verify(&headers, BODY, &[key()], NOW + 1000)),
        "signature_mismatch"
    );
}
