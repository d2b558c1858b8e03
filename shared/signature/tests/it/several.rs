//! Headers and signatures that are missing, repeated or several.

use domain::Headers;

use crate::common::{BODY, good, judge, judge_all, key, preset, signed};

#[test]
fn the_sha1_header_alone_is_no_downgrade() {
    let headers = Headers::from_pairs([("x-hub-signature", format!("sha1={}", "a".repeat(40)))]);
    assert_eq!(judge_all(&preset("github"), &headers), "signature_missing");
}

#[test]
fn each_needed_header_missing() {
    let scheme = preset("standard-webhooks");
    let all = signed(&scheme, &key(), BODY);
    for (name, code) in [
        ("webhook-signature", "signature_missing"),
        ("webhook-id", "signature_missing"),
        ("webhook-timestamp", "timestamp_missing"),
    ] {
        let headers = Headers::from_pairs(all.iter().filter(|(have, _)| have != name).cloned());
        assert_eq!(judge_all(&scheme, &headers), code, "{name}");
    }
    assert_eq!(judge_all(&scheme, &Headers::default()), "signature_missing");
}

#[test]
fn each_needed_header_twice_even_if_equal() {
    for name in ["github", "stripe", "standard-webhooks"] {
        let scheme = preset(name);
        let all = signed(&scheme, &key(), BODY);
        for again in &all {
            let headers = Headers::from_pairs(all.iter().chain([again]).cloned());
            assert_eq!(
                judge_all(&scheme, &headers),
                "signature_duplicated",
                "{name} {}",
                again.0
            );
        }
    }
}

/// Some gateways join repeated headers into one value.
#[test]
fn each_needed_header_twice_joined_by_a_comma() {
    let joined = |name: &str, header: &str| {
        let value = good(name, header);
        judge(name, header, &format!("{value}, {value}"))
    };
    assert_eq!(
        joined("github", "x-hub-signature-256"),
        "signature_malformed"
    );
    assert_eq!(joined("stripe", "stripe-signature"), "signature_duplicated");
    assert_eq!(
        joined("standard-webhooks", "webhook-timestamp"),
        "timestamp_malformed"
    );
    assert_eq!(
        joined("standard-webhooks", "webhook-id"),
        "signature_mismatch"
    );
}

#[test]
fn a_header_without_its_timestamp_or_without_a_known_signature() {
    let value = good("stripe", "stripe-signature");
    let (t, v1) = value.split_once(',').unwrap();
    assert_eq!(judge("stripe", "stripe-signature", v1), "timestamp_missing");
    assert_eq!(
        judge("stripe", "stripe-signature", t),
        "signature_malformed"
    );
    let v0 = v1.replace("v1=", "v0=");
    assert_eq!(
        judge("stripe", "stripe-signature", &format!("{t},{v0}")),
        "signature_malformed"
    );
    let v2 = good("standard-webhooks", "webhook-signature").replace("v1,", "v2,");
    assert_eq!(
        judge("standard-webhooks", "webhook-signature", &v2),
        "signature_malformed"
    );
    assert_eq!(
        judge("stripe", "stripe-signature", &format!("{t},{v1},junk")),
        "signature_malformed"
    );
    assert_eq!(
        judge("stripe", "stripe-signature", &format!("{t},v1=1234567890")),
        "signature_malformed"
    );
}

#[test]
fn entries_of_other_versions_are_skipped() {
    let value = good("standard-webhooks", "webhook-signature");
    let other = format!("v2,{}", "A".repeat(86));
    for value in [
        format!("{other} {value}"),
        format!("{value} {other}"),
        format!("v1a,junk nonsense {value}"),
    ] {
        assert_eq!(
            judge("standard-webhooks", "webhook-signature", &value),
            "ok",
            "{value}"
        );
    }
    let value = good("stripe", "stripe-signature");
    assert_eq!(
        judge(
            "stripe",
            "stripe-signature",
            &format!("{value},v0={}", "a".repeat(64))
        ),
        "ok"
    );
}

#[test]
fn one_good_signature_of_several_is_enough() {
    let value = good("stripe", "stripe-signature");
    let (t, v1) = value.split_once(',').unwrap();
    let bad = format!("v1={}", "a".repeat(64));
    for (value, expected) in [
        (format!("{t},{bad},{v1}"), "ok"),
        (format!("{t},{v1},{bad}"), "ok"),
        (format!("{v1},{t}"), "ok"),
        (format!("{t}, {v1}"), "ok"),
        (format!("{t},v1=short,{v1}"), "ok"),
        (format!("{t},{bad},{bad}"), "signature_mismatch"),
    ] {
        assert_eq!(
            judge("stripe", "stripe-signature", &value),
            expected,
            "{value}"
        );
    }
}

#[test]
fn more_signatures_than_allowed() {
    let value = good("stripe", "stripe-signature");
    let bad = format!(",v1={}", "a".repeat(64));
    assert_eq!(
        judge(
            "stripe",
            "stripe-signature",
            &format!("{value}{}", bad.repeat(7))
        ),
        "ok"
    );
    assert_eq!(
        judge(
            "stripe",
            "stripe-signature",
            &format!("{value}{}", bad.repeat(8))
        ),
        "signature_malformed"
    );
}

#[test]
fn the_first_name_present_decides() {
    let scheme = preset("standard-webhooks");
    let mut all = signed(&scheme, &key(), BODY);
    let svix = signed(&preset("github"), &key(), BODY).len();
    assert_eq!(svix, 1);
    // A good delivery under the older names, hidden behind a bad newer signature.
    let older: Vec<_> = all
        .iter()
        .map(|(name, value)| (name.replace("webhook-", "svix-"), value.clone()))
        .collect();
    assert_eq!(
        judge_all(&scheme, &Headers::from_pairs(older.clone())),
        "ok"
    );
    all.retain(|(name, _)| name == "webhook-signature");
    let mixed = Headers::from_pairs(older.into_iter().chain(all));
    assert_eq!(judge_all(&scheme, &mixed), "timestamp_missing");
}
