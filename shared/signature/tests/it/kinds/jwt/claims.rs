//! What a token says: for whom, by whom, from when until when.

use serde_json::{Value, json};

use super::issuer::{ISSUER, PAIRS, claims, head, judge, judge_with, keys, merged, with};
use crate::common::NOW;

fn changed(members: &Value) -> &'static str {
    judge(&head(), &merged(claims(), members))
}

fn at(scheme: &coatcheck_signature::Scheme, members: &Value) -> &'static str {
    let token = PAIRS.token(&head(), &merged(claims(), members));
    judge_with(scheme, &keys(), &format!("Bearer {token}"), NOW)
}

#[test]
fn the_issuer_is_one_of_ours_byte_for_byte() {
    assert_eq!(changed(&json!({"iss": ISSUER})), "ok");
    for other in [
        json!(null),
        json!(""),
        json!(ISSUER.trim_end_matches('/')),
        json!("https://ISSUER.example/"),
        json!([ISSUER]),
        json!(7),
    ] {
        assert_eq!(changed(&json!({"iss": other})), "token_refused", "{other}");
    }
    let both = with(&json!({"issuer": ["https://b.example", ISSUER]}));
    assert_eq!(at(&both, &json!({"iss": "https://b.example"})), "ok");
    assert_eq!(at(&both, &json!({})), "ok");
}

#[test]
fn the_audience_may_be_a_list() {
    for good in [json!("hooks"), json!(["hooks"]), json!(["other", "hooks"])] {
        assert_eq!(changed(&json!({"aud": good})), "ok", "{good}");
    }
    for bad in [
        json!(null),
        json!("hook"),
        json!("hooks "),
        json!([]),
        json!(["other"]),
        json!({"hooks": 1}),
        json!(["hooks", 1]),
    ] {
        assert_eq!(changed(&json!({"aud": bad})), "token_refused", "{bad}");
    }
    let either = with(&json!({"audience": ["a", "hooks"]}));
    assert_eq!(at(&either, &json!({"aud": ["x", "a"]})), "ok");
}

#[test]
fn claims_are_equal_or_hold_what_is_wanted() {
    let scheme =
        with(&json!({"claims": {"role": ["sender", "admin"], "verified": true, "level": 2}}));
    let good = json!({"verified": true, "level": 2});
    let judge = |members: Value| at(&scheme, &merged(good.clone(), &members));
    assert_eq!(judge(json!({})), "ok");
    assert_eq!(judge(json!({"role": ["x", "admin"]})), "ok");
    for bad in [
        json!({"role": "sende"}),
        json!({"role": ["x"]}),
        json!({"role": [["admin"]]}),
        json!({"verified": "true"}),
        json!({"verified": 1}),
        json!({"verified": null}),
        json!({"level": "2"}),
        json!({"level": 3}),
    ] {
        assert_eq!(judge(bad.clone()), "token_refused", "{bad}");
    }
}

#[test]
fn a_scope_is_a_word_among_words() {
    let scheme = with(&json!({"scope": "hooks/send"}));
    for good in ["hooks/send", "a hooks/send", "hooks/send b"] {
        assert_eq!(at(&scheme, &json!({"scope": good})), "ok", "{good}");
    }
    for bad in [
        json!(null),
        json!(""),
        json!("hooks/sends"),
        json!("xhooks/send"),
        json!("hooks/send\n"),
        json!(["hooks/send"]),
    ] {
        assert_eq!(
            at(&scheme, &json!({"scope": bad})),
            "token_refused",
            "{bad}"
        );
    }
}

#[test]
fn a_type_is_judged_only_if_it_is_wanted() {
    let judge = |scheme, typ: Value| {
        let head = merged(head(), &json!({"typ": typ}));
        let token = PAIRS.token(&head, &claims());
        judge_with(&scheme, &keys(), &format!("Bearer {token}"), NOW)
    };
    assert_eq!(judge(with(&json!({})), json!("anything")), "ok");
    let wanted = || with(&json!({"typ": "at+jwt"}));
    for good in ["at+jwt", "AT+JWT", "application/at+jwt"] {
        assert_eq!(judge(wanted(), json!(good)), "ok", "{good}");
    }
    for bad in [json!(null), json!("JWT"), json!("application/")] {
        assert_eq!(judge(wanted(), bad.clone()), "token_refused", "{bad}");
    }
    assert_eq!(judge(wanted(), json!(1)), "signature_malformed");
}

/// With a tolerance of 60 seconds.
#[test]
fn a_token_counts_from_when_until_when_it_says() {
    for (members, expected) in [
        (json!({"exp": NOW - 59}), "ok"),
        (json!({"exp": NOW - 60}), "timestamp_stale"),
        (
            json!({"exp": f64::from(i32::try_from(NOW).unwrap()) - 59.5}),
            "timestamp_stale",
        ),
        (json!({"exp": NOW}), "ok"),
        (json!({"exp": null}), "timestamp_missing"),
        (
            json!({"exp": (NOW + 300).to_string()}),
            "timestamp_malformed",
        ),
        (json!({"exp": [NOW + 300]}), "timestamp_malformed"),
        (json!({"exp": 1e300}), "timestamp_malformed"),
        (json!({"exp": i64::MAX}), "ok"),
        (json!({"exp": u64::MAX}), "timestamp_malformed"),
        (json!({"exp": i64::MIN}), "timestamp_stale"),
        (json!({"exp": -1}), "timestamp_stale"),
        (json!({"nbf": NOW + 60}), "ok"),
        (json!({"nbf": NOW + 61}), "timestamp_future"),
        (json!({"nbf": i64::MAX}), "timestamp_future"),
        (json!({"nbf": i64::MIN}), "ok"),
        (json!({"nbf": "soon"}), "timestamp_malformed"),
        (json!({"iat": NOW + 60}), "ok"),
        (json!({"iat": NOW + 61}), "timestamp_future"),
        (json!({"iat": 0}), "ok"),
        (json!({"iat": null}), "ok"),
        (json!({"iat": true}), "timestamp_malformed"),
    ] {
        assert_eq!(changed(&members), expected, "{members}");
    }
    let strict = with(&json!({"tolerance_s": 0}));
    assert_eq!(at(&strict, &json!({"exp": NOW})), "timestamp_stale");
    assert_eq!(at(&strict, &json!({"exp": NOW + 1})), "ok");
    assert_eq!(at(&strict, &json!({"nbf": NOW})), "ok");
    assert_eq!(at(&strict, &json!({"nbf": NOW + 1})), "timestamp_future");
}

#[test]
fn a_token_may_be_too_old_before_it_ends() {
    let scheme = with(&json!({"max_age_s": 30}));
    for (iat, expected) in [
        (json!(NOW - 30), "ok"),
        (json!(NOW - 31), "timestamp_stale"),
        (json!(NOW + 61), "timestamp_future"),
        (json!(null), "timestamp_missing"),
    ] {
        assert_eq!(at(&scheme, &json!({"iat": iat})), expected, "{iat}");
    }
}

/// Only the issuer learns that its token was late.
#[test]
fn a_stale_forgery_is_a_forgery() {
    let token = PAIRS.token(&head(), &merged(claims(), &json!({"exp": 1})));
    let (message, _) = token.rsplit_once('.').unwrap();
    let forged = format!("Bearer {message}.{}", super::issuer::encode([1; 64]));
    let judged = judge_with(&with(&json!({})), &keys(), &forged, NOW);
    assert_eq!(judged, "signature_mismatch");
}
