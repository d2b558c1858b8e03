//! Signatures that are not written as their scheme writes them.

use domain::Headers;

use crate::common::{BODY, good, judge, judge_all, key, preset, signed};

#[test]
fn the_signed_deliveries_of_this_file_are_good() {
    for name in ["github", "stripe", "standard-webhooks"] {
        let scheme = preset(name);
        assert_eq!(
            judge_all(&scheme, &Headers::from_pairs(signed(&scheme, &key(), BODY))),
            "ok",
            "{name}"
        );
    }
}

#[test]
fn a_version_without_a_signature() {
    for value in ["v1,", "v1", "v1, ", ",", " ", "", "v1,=", "v1,AAAA"] {
        assert_eq!(
            judge("standard-webhooks", "webhook-signature", value),
            "signature_malformed",
            "{value:?}"
        );
    }
}

#[test]
fn a_truncated_signature() {
    for (name, header) in [
        ("github", "x-hub-signature-256"),
        ("stripe", "stripe-signature"),
        ("standard-webhooks", "webhook-signature"),
    ] {
        let value = good(name, header);
        for keep in [8, value.len() - 1, value.len() - 2, value.len() - 4] {
            assert_eq!(
                judge(name, header, &value[..keep]),
                "signature_malformed",
                "{name} {keep}"
            );
        }
        assert_eq!(
            judge(name, header, &format!("{value}00")),
            "signature_malformed",
            "{name}"
        );
    }
}

#[test]
fn base64_of_33_bytes() {
    let value = format!("v1,{}", base64_simd::STANDARD.encode_to_string([7; 33]));
    assert_eq!(
        value.len(),
        47,
        "as long as the base64 of 32 bytes, without its padding"
    );
    assert_eq!(
        judge("standard-webhooks", "webhook-signature", &value),
        "signature_malformed"
    );
}

#[test]
fn hex_of_another_hash_length_or_of_odd_length() {
    for digits in [40, 63, 65, 128] {
        let value = format!("sha256={}", "a".repeat(digits));
        assert_eq!(
            judge("github", "x-hub-signature-256", &value),
            "signature_malformed",
            "{digits}"
        );
    }
    let value = format!("sha256={}", "a".repeat(64));
    assert_eq!(
        judge("github", "x-hub-signature-256", &value),
        "signature_mismatch"
    );
}

#[test]
fn a_prefix_in_the_wrong_case_or_missing() {
    let value = good("github", "x-hub-signature-256");
    let hex = value.strip_prefix("sha256=").unwrap();
    for value in [
        format!("SHA256={hex}"),
        format!("sha1={hex}"),
        hex.to_owned(),
        format!(" sha256={hex}"),
    ] {
        assert_eq!(
            judge("github", "x-hub-signature-256", &value),
            "signature_malformed",
            "{value}"
        );
    }
}

#[test]
fn the_case_of_hex_digits_does_not_matter() {
    let value = good("github", "x-hub-signature-256")
        .to_uppercase()
        .replace("SHA256=", "sha256=");
    assert_eq!(judge("github", "x-hub-signature-256", &value), "ok");
}

#[test]
fn a_multibyte_character_across_the_prefix() {
    for value in ["sha25é=00", "sha256é", "é", "sha256=é"] {
        assert_eq!(
            judge("github", "x-hub-signature-256", value),
            "signature_malformed",
            "{value}"
        );
    }
    assert_eq!(
        judge("standard-webhooks", "webhook-id", "msg_é"),
        "signature_malformed"
    );
    assert_eq!(
        judge(
            "standard-webhooks",
            "webhook-timestamp",
            "１７００００００００"
        ),
        "timestamp_malformed"
    );
}

#[test]
fn a_character_that_is_not_ascii_anywhere_in_the_signature_header() {
    let value = format!("{},note=é", good("stripe", "stripe-signature"));
    assert_eq!(
        judge("stripe", "stripe-signature", &value),
        "signature_malformed"
    );
}

#[test]
fn a_signed_header_that_is_empty() {
    assert_eq!(
        judge("standard-webhooks", "webhook-id", ""),
        "signature_malformed"
    );
}
