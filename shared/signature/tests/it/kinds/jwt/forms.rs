//! How a token is written, and how attackers write it.

use domain::Headers;
use serde_json::{Value, json};

use super::issuer::{PAIRS, claims, encode, head, judge, judge_with, keys, merged, scheme, with};
use crate::common::{BODY, NOW, compile, word};

fn judge_value(value: &str) -> &'static str {
    judge_with(&scheme(), &keys(), value, NOW)
}

fn good() -> String {
    PAIRS.token(&head(), &claims())
}

#[test]
fn what_comes_before_it_has_no_case() {
    let token = good();
    for prefix in ["Bearer ", "bearer ", "BEARER "] {
        assert_eq!(judge_value(&format!("{prefix}{token}")), "ok", "{prefix}");
    }
    for prefix in [
        "", "Basic ", "Bearer  ", "Bearer\t", "Bearer", " Bearer ", "Bearér ",
    ] {
        assert_eq!(
            judge_value(&format!("{prefix}{token}")),
            "signature_malformed",
            "{prefix}"
        );
    }
    for end in [" ", ",", "=", "\n", " x"] {
        assert_eq!(
            judge_value(&format!("Bearer {token}{end}")),
            "signature_malformed",
            "{end:?}"
        );
    }
    let bare = compile(&with(&json!({"header": "x-token"})));
    let headers = Headers::from_pairs([("x-token", token.clone())]);
    assert_eq!(word(bare.verify(&headers, BODY, &keys(), NOW)), "ok");
    let twice = Headers::from_pairs([("x-token", token.clone()), ("X-Token", token)]);
    assert_eq!(
        word(bare.verify(&twice, BODY, &keys(), NOW)),
        "signature_duplicated"
    );
    let none = bare.verify(&Headers::default(), BODY, &keys(), NOW);
    assert_eq!(word(none), "signature_missing");
}

#[test]
fn no_token_chooses_its_algorithm() {
    for alg in [
        "none", "None", "NONE", "nOnE", "", "HS256", "HS384", "HS512", "RS384", "RS512", "PS512",
        "ES384", "ES512", "ES256K", "es256", "RS256 ", "Ed25519",
    ] {
        for kid in ["rsa", "ec", "ed"] {
            let judged = judge(&json!({"alg": alg, "kid": kid}), &claims());
            assert_eq!(judged, "signature_malformed", "{alg} {kid}");
        }
    }
    for alg in [json!(null), json!(["ES256"]), json!(1), json!({})] {
        let head = merged(head(), &json!({"alg": alg}));
        assert_eq!(judge(&head, &claims()), "signature_malformed", "{alg}");
    }
    // The signature left out, as for `none`.
    let token = good();
    let (message, _) = token.rsplit_once('.').unwrap();
    for cut in [format!("{message}."), message.to_owned()] {
        assert_eq!(
            judge_value(&format!("Bearer {cut}")),
            "signature_malformed",
            "{cut}"
        );
    }
}

#[test]
fn no_token_brings_its_key() {
    let own = PAIRS.jwk("EC");
    let attackers = merged(own.clone(), &json!({"x": own["y"], "y": own["x"]}));
    for members in [
        json!({"kid": "unknown", "jwk": own}),
        json!({"kid": "unknown", "jku": "https://attacker.example/keys"}),
        json!({"kid": "unknown", "x5c": ["MIIB"], "x5u": "https://attacker.example/c"}),
        json!({"kid": "../ec"}),
        json!({"kid": "EC"}),
        json!({"kid": ""}),
    ] {
        let judged = judge(&merged(head(), &members), &claims());
        assert_eq!(judged, "signature_mismatch", "{members}");
    }
    assert_eq!(
        judge(&merged(head(), &json!({"jwk": attackers})), &claims()),
        "ok",
        "not looked at"
    );
    // What has to be understood and is not.
    for crit in [json!(["exp"]), json!(["b64"]), json!([]), json!("x")] {
        let head = merged(head(), &json!({"crit": crit, "b64": false}));
        assert_eq!(judge(&head, &claims()), "signature_malformed", "{crit}");
    }
    for kid in [json!(7), json!(["ec"]), json!({})] {
        let judged = judge(&merged(head(), &json!({"kid": kid})), &claims());
        assert_eq!(judged, "signature_malformed", "{kid}");
    }
}

#[test]
fn json_has_one_meaning() {
    let judge = |head: &str, claims: &str| {
        let token = PAIRS.token_of("ES256", head, claims);
        judge_value(&format!("Bearer {token}"))
    };
    let (good_head, good_claims) = (head().to_string(), claims().to_string());
    assert_eq!(judge(&good_head, &good_claims), "ok");
    let spaced = |text: &str| format!(" {}\r\n", text.replace(':', " :\t"));
    assert_eq!(
        judge(
            r#"{ "alg" : "ES256",
        "kid":"ec" }"#,
            &good_claims
        ),
        "ok"
    );
    let with = |text: &str, member: &str| text.replacen('{', &format!("{{{member},"), 1);
    for head in [
        with(&good_head, r#""alg":"ES256""#),
        with(&good_head, r#""alg":"none""#),
        with(&good_head, r#""\u0061lg":"ES256""#),
        with(&good_head, r#""x":1,"x":2"#),
        "[]".to_owned(),
        String::new(),
        format!("{good_head}x"),
        spaced("x"),
    ] {
        assert_eq!(judge(&head, &good_claims), "signature_malformed", "{head}");
    }
    for claims in [
        with(&good_claims, r#""aud":"hooks""#),
        with(&good_claims, r#""iss":"x""#),
        with(&good_claims, r#""other":{"a":1,"a":1}"#),
        "\"text\"".to_owned(),
        String::new(),
        format!("{good_claims}{good_claims}"),
    ] {
        assert_eq!(
            judge(&good_head, &claims),
            "signature_malformed",
            "{claims}"
        );
    }
}

#[test]
fn base64url_is_written_in_one_way() {
    let token = good();
    let parts: Vec<&str> = token.split('.').collect();
    let judge = |parts: &[&str]| judge_value(&format!("Bearer {}", parts.join(".")));
    assert_eq!(judge(&parts), "ok");
    for at in 0..3 {
        for odd in [
            format!("{}=", parts[at]),
            format!("{}==", parts[at]),
            format!(" {}", parts[at]),
            format!("{}\n", parts[at]),
            format!("{}+", &parts[at][..parts[at].len() - 1]),
            String::new(),
        ] {
            let mut parts = parts.clone();
            parts[at] = &odd;
            let judged = judge(&parts);
            assert_eq!(judged, "signature_malformed", "{at} {odd:?}");
        }
    }
    // 64 bytes leave four bits in the last digit, which an encoder leaves at zero.
    let (rest, last) = parts[2].split_at(parts[2].len() - 1);
    let next = (last.as_bytes()[0] + 1) as char;
    let respelled = format!("{rest}{next}");
    assert_eq!(
        judge(&[parts[0], parts[1], &respelled]),
        "signature_malformed"
    );
    for bad in [
        format!("{token}."),
        format!(".{token}"),
        format!("{token}.{}", parts[2]),
        format!("{token}..{}", parts[2]),
        "..".to_owned(),
        ".".to_owned(),
        String::new(),
    ] {
        assert_eq!(
            judge_value(&format!("Bearer {bad}")),
            "signature_malformed",
            "{bad}"
        );
    }
}

#[test]
fn a_huge_token_is_none() {
    let of = |bytes: usize| {
        let claims = merged(claims(), &json!({"pad": "x".repeat(bytes)}));
        PAIRS.token(&head(), &claims)
    };
    assert_eq!(judge_value(&format!("Bearer {}", of(5_000))), "ok");
    let huge = of(6_200);
    assert!(huge.len() > 8192);
    assert_eq!(
        judge_value(&format!("Bearer {huge}")),
        "signature_malformed"
    );
    let deep: Value = json!({"a": 1});
    let nested = (0..100).fold(deep, |inner, _| json!({"a": inner}));
    assert_eq!(
        judge(&head(), &merged(claims(), &json!({"deep": nested}))),
        "ok"
    );
    let text = format!("{{\"a\":{}", "[".repeat(3_000));
    assert_eq!(
        judge_value(&format!(
            "Bearer {}.{}.{}",
            encode(head().to_string()),
            encode(text),
            encode([1; 64])
        )),
        "signature_malformed"
    );
}
