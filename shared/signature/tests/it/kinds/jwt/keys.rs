//! Which keys verify a token.

use coatcheck_signature::Key;
use domain::KeyUse;
use serde_json::{Value, json};

use super::issuer::{PAIRS, claims, encode, head, judge_with, key, keys, merged, scheme, with};
use crate::common::{NOW, compile};

fn judge(head: &Value, keys: &[Key]) -> &'static str {
    let token = PAIRS.token(head, &claims());
    judge_with(&scheme(), keys, &format!("Bearer {token}"), NOW)
}

#[test]
fn the_kid_chooses_among_the_keys() {
    assert_eq!(judge(&head(), &keys()), "ok");
    assert_eq!(
        judge(&json!({"alg": "ES256", "kid": "new"}), &keys()),
        "signature_mismatch"
    );
    assert_eq!(
        judge(&json!({"alg": "ES256", "kid": "rsa"}), &keys()),
        "signature_mismatch"
    );
    assert_eq!(judge(&head(), &[]), "key_missing");
    // Without one there must be one key.
    let nameless = json!({"alg": "ES256"});
    let ec = key("ec", &PAIRS.jwk("EC"));
    assert_eq!(judge(&nameless, std::slice::from_ref(&ec)), "ok");
    assert_eq!(judge(&nameless, &keys()), "signature_mismatch");
    let token = Key::new("t", "made up").for_use(KeyUse::Challenge);
    assert_eq!(judge(&nameless, &[ec.clone(), token.clone()]), "ok");
    assert_eq!(judge(&nameless, &[token]), "key_missing");
    // Two of one name, as after an issuer used it again.
    let other = key("ec", &PAIRS.jwk("OKP"));
    assert_eq!(judge(&head(), &[other, ec]), "ok");
}

/// More keys than other kinds ask: a stranger cannot make us ask them.
#[test]
fn a_stranger_cannot_make_our_keys_look_wrong() {
    let many: Vec<Key> = (0..20)
        .map(|at| key(&format!("k{at}"), &PAIRS.jwk("EC")))
        .collect();
    assert_eq!(judge(&json!({"alg": "ES256"}), &many), "signature_mismatch");
    assert_eq!(judge(&json!({"alg": "ES256", "kid": "k19"}), &many), "ok");
    for alg in ["RS256", "PS256", "EdDSA"] {
        assert_eq!(
            judge(&json!({"alg": alg, "kid": "ec"}), &keys()),
            "signature_mismatch",
            "{alg}"
        );
    }
}

#[test]
fn a_key_is_for_what_it_says() {
    let ec = PAIRS.jwk("EC");
    let judge = |members: Value| judge(&head(), &[key("ec", &merged(ec.clone(), &members))]);
    for good in [
        json!({"alg": "ES256", "use": "sig", "key_ops": ["verify"], "kid": "whatever", "x5t": "x"}),
        json!({"key_ops": ["sign", "verify"]}),
    ] {
        assert_eq!(judge(good.clone()), "ok", "{good}");
    }
    for bad in [
        json!({"use": "enc"}),
        json!({"key_ops": ["encrypt"]}),
        json!({"key_ops": []}),
        json!({"alg": "ES384"}),
        json!({"alg": "ECDH-ES"}),
        json!({"kty": "RSA"}),
        json!({"crv": "P-384"}),
        json!({"crv": null}),
        json!({"x": null}),
        json!({"x": encode([1; 31])}),
        json!({"y": encode([0; 33])}),
        json!({"d": "secret"}),
        json!({"k": "secret"}),
        json!({"kty": "oct", "k": encode([1; 32])}),
    ] {
        assert_eq!(judge(bad.clone()), "key_unusable", "{bad}");
    }
    // Sound in form, on no curve.
    assert_eq!(judge(json!({"y": encode([1; 32])})), "signature_mismatch");
}

#[test]
fn an_rsa_key_is_neither_small_nor_huge() {
    let verifier = compile(&scheme());
    let problem = |n: Vec<u8>, e: &[u8]| {
        let jwk = json!({"kty": "RSA", "n": encode(n), "e": encode(e)});
        verifier
            .key_problem(&key("k", &jwk))
            .map(|problem| problem.to_string())
    };
    let bits = |bits: usize| {
        let mut n = vec![0xff; bits.div_ceil(8)];
        n[0] = 0xff >> (n.len() * 8 - bits);
        n
    };
    for good in [2048, 3072, 4096, 8192] {
        assert_eq!(problem(bits(good), &[1, 0, 1]), None, "{good}");
    }
    for bad in [512, 1024, 2047, 8193, 16384] {
        let said = problem(bits(bad), &[1, 0, 1]).unwrap();
        assert!(said.contains("2048 to 8192"), "{bad}: {said}");
    }
    for e in [&[2][..], &[1], &[1, 0, 0], &[1, 0, 0, 0, 1]] {
        assert!(problem(bits(2048), e).is_some(), "{e:?}");
    }
    let zero = [vec![0], bits(2048)].concat();
    assert!(problem(zero, &[1, 0, 1]).is_some(), "zeros in front");
    assert!(problem(bits(2048), &[0, 1, 0, 1]).is_some());
}

#[test]
fn what_is_no_key_is_told_apart() {
    let only = compile(&with(&json!({"algorithms": ["RS256"]})));
    let problem = |text: &str| only.key_problem(&Key::new("k", text)).unwrap().to_string();
    assert!(problem("").contains("not a JSON Web Key"));
    assert!(problem("-----BEGIN PUBLIC KEY-----").contains("not a JSON Web Key"));
    assert!(problem(r#"{"keys":[]}"#).contains("not a JSON Web Key"));
    assert!(problem(&merged(PAIRS.jwk("RSA"), &json!({"d": "x"})).to_string()).contains("private"));
    assert!(problem(&json!({"kty": "oct", "k": "AAAA"}).to_string()).contains("kty"));
    assert!(problem(&PAIRS.jwk("EC").to_string()).contains("the scheme's algorithm"));
    for key in [
        PAIRS.jwk("RSA"),
        merged(PAIRS.jwk("RSA"), &json!({"alg": "RS256"})),
    ] {
        assert_eq!(only.key_problem(&Key::new("k", key.to_string())), None);
    }
    assert!(
        problem(&merged(PAIRS.jwk("RSA"), &json!({"alg": "RS512"})).to_string())
            .contains("the scheme's algorithm")
    );
    let Some(problem) = only.key_problem(&Key::new("k", "x")) else {
        panic!("a key")
    };
    assert!(problem.is_fatal());
}
