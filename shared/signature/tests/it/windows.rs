//! How old a delivery may be: as old as its provider's last retry of the same bytes.

use coatcheck_signature::{SignInput, Verifier, sign};
use domain::{Endpoint, Headers};
use serde_json::json;

use crate::common::{NOW, key, preset, site, word};

const HOUR: i64 = 3600;

/// The schedules are the providers': see `retries` of each preset.
#[test]
fn the_last_retry_of_the_first_signature_is_in_time() {
    let body = json!({"webhookTimestamp": NOW * 1000}).to_string();
    for (name, last_retry_s, too_late_s) in [
        // After a minute, an hour and six hours.
        ("linear", 60 + HOUR + 6 * HOUR, 9 * HOUR),
        // After 5, 20 and 60 minutes.
        ("zoom", 85 * 60, 3 * HOUR),
        ("contentful", 60, 2 * HOUR),
        ("front", 12 * HOUR, 25 * HOUR),
        ("trolley", 12 * HOUR, 25 * HOUR),
    ] {
        let scheme = preset(name);
        let input = SignInput {
            body: body.as_bytes(),
            now: NOW,
            site: site(),
            ..SignInput::default()
        };
        let headers = Headers::from_pairs(sign(&scheme, &key(), &input).unwrap());
        let verifier = Verifier::compile(&scheme, &site()).unwrap();
        let judge = |now| word(verifier.verify(&headers, body.as_bytes(), &[key()], now));
        assert_eq!(judge(NOW + last_retry_s), "ok", "{name}");
        assert_eq!(judge(NOW + too_late_s), "timestamp_stale", "{name}");
    }
}

/// Telnyx and `SendGrid` sign with a key that only they have.
#[test]
fn those_with_public_keys_have_their_window_too() {
    for (name, last_retry_s) in [("telnyx", 12 * HOUR), ("sendgrid", 24 * HOUR)] {
        let window = Verifier::compile(&preset(name), &site()).unwrap().window();
        let max_age_s = i64::from(window.unwrap().max_age_s);
        assert!(max_age_s > last_retry_s, "{name}");
    }
}

#[test]
fn an_endpoint_may_have_a_window_of_its_own() {
    let of = |scheme: &str, max_age_s: u32| {
        let config = json!({"name": "a", "scheme": scheme, "max_age_s": max_age_s});
        Verifier::of(&Endpoint::from_json(&config.to_string()).unwrap())
    };
    for (scheme, max_age_s) in [("stripe", 7200), ("stripe", 10), ("linear", 60)] {
        let verifier = of(scheme, max_age_s).unwrap();
        assert_eq!(verifier.window().unwrap().max_age_s, max_age_s);
        let body = json!({"webhookTimestamp": NOW * 1000}).to_string();
        let input = SignInput {
            body: body.as_bytes(),
            now: NOW,
            ..SignInput::default()
        };
        let headers = Headers::from_pairs(sign(&preset(scheme), &key(), &input).unwrap());
        let age = i64::from(max_age_s);
        let judge = |now| word(verifier.verify(&headers, body.as_bytes(), &[key()], now));
        assert_eq!(judge(NOW + age), "ok", "{scheme}");
        assert_eq!(judge(NOW + age + 1), "timestamp_stale", "{scheme}");
    }
    for (scheme, max_age_s, text) in [
        ("github", 300, "reads no time"),
        ("stripe", 0, "not between 1 and 604800"),
        ("stripe", 604_801, "not between 1 and 604800"),
    ] {
        let problem = of(scheme, max_age_s).unwrap_err().to_string();
        assert!(
            problem.contains("max_age_s") && problem.contains(text),
            "{problem}"
        );
    }
}
