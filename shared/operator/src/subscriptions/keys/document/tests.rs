use serde_json::{Value, json};

use super::*;

const NOW: &str = "2026-11-27T00:00:00Z";
const END: &str = "2026-11-28T00:00:00Z";

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn rotated(text: &str) -> Result<Value> {
    let mut document = Document::parse(text)?;
    document.rotate("crm", Secret::new("whsec_new"), at(NOW), at(END))?;
    let secret = document.to_secret().unwrap();
    Ok(serde_json::from_str(secret.expose()).unwrap())
}

fn refusal(text: &str) -> String {
    rotated(text).unwrap_err().with_causes()
}

#[test]
fn the_first_key_has_no_end() {
    let expected = json!({"signing_keys": [{"id": "2026-11-27", "secret": "whsec_new"}]});
    for text in ["{}", r#"{"signing_keys":[]}"#] {
        assert_eq!(rotated(text).unwrap(), expected);
    }
}

#[test]
fn a_new_key_comes_first_and_the_older_one_gets_an_end() {
    let value = rotated(
        r#"{"signing_keys":[
            {"id":"2026-11-27","secret":"whsec_a","note":"kept"},
            {"id":"gone","secret":"whsec_b","not_after":"2026-11-27T00:00:00Z"}]}"#,
    );
    assert_eq!(
        value.unwrap(),
        json!({"signing_keys": [
            {"id": "2026-11-27-2", "secret": "whsec_new"},
            {"id": "2026-11-27", "secret": "whsec_a", "note": "kept", "not_after": "2026-11-28T00:00:00.000Z"},
        ]})
    );
}

#[test]
fn an_end_is_never_put_off() {
    let value = rotated(
        r#"{"signing_keys":[{"id":"a","secret":"whsec_a","not_after":"2026-11-27T06:00:00Z"}]}"#,
    );
    let value = value.unwrap();
    assert_eq!(
        value["signing_keys"][1]["not_after"],
        "2026-11-27T06:00:00.000Z"
    );
}

#[test]
fn the_other_members_stay_to_the_last_digit() {
    let text = r#"{"password":"p\u00e9","x":{"b":1.10,"a":12345678901234567890123},"header":"h"}"#;
    let mut document = Document::parse(text).unwrap();
    document
        .rotate("crm", Secret::new("whsec_new"), at(NOW), at(END))
        .unwrap();
    let secret = document.to_secret().unwrap();
    for member in [
        r#""password":"p\u00e9""#,
        r#""x":{"b":1.10,"a":12345678901234567890123}"#,
        r#""header":"h""#,
    ] {
        assert!(secret.expose().contains(member), "{member}");
    }
}

#[test]
fn a_third_live_key_is_refused_with_what_to_do() {
    let problem = refusal(
        r#"{"signing_keys":[
            {"id":"new","secret":"canary"},
            {"id":"old","secret":"canary","not_after":"2026-11-27T06:00:00Z"}]}"#,
    );
    for words in [
        "crm already has 2 live keys (new, old)",
        "wait until old ends at 2026-11-27T06:00:00.000Z",
        "remove old from signing_keys",
    ] {
        assert!(problem.contains(words), "{words}: {problem}");
    }
    let endless =
        refusal(r#"{"signing_keys":[{"id":"a","secret":"canary"},{"id":"b","secret":"canary"}]}"#);
    assert!(
        endless.contains("give the older ones a not_after"),
        "{endless}"
    );
    assert!(!(problem + &endless).contains("canary"));
}

#[test]
fn what_cannot_be_read_is_refused_and_nothing_of_it_is_shown() {
    for text in [
        "canary",
        r#"["canary"]"#,
        r#"{"signing_keys":"canary"}"#,
        r#"{"signing_keys":null,"header":"canary"}"#,
        r#"{"signing_keys":["canary"]}"#,
        r#"{"signing_keys":[{"id":"canary"}]}"#,
        r#"{"signing_keys":[{"id":"a","secret":"x","not_after":"canary"}]}"#,
    ] {
        let problem = refusal(text);
        assert!(problem.contains("not the JSON it must be"), "{problem}");
        assert!(!problem.contains("canary"), "{problem}");
    }
}

#[test]
fn live_keys_are_in_the_order_in_which_they_sign() {
    let text = r#"{"signing_keys":[
        {"id":"gone","secret":"a","not_after":"2026-11-27T00:00:00Z"},
        {"id":"old","secret":"a","not_after":"2026-11-27T00:00:01Z"},
        {"id":"new","secret":"a"}]}"#;
    let live = Document::parse(text).unwrap().into_live(at(NOW));
    let ids: Vec<&str> = live.iter().map(|key| key.id.as_str()).collect();
    assert_eq!(ids, ["new", "old"]);
}

#[test]
fn a_new_secret_is_32_random_bytes() {
    let (one, other) = (random().unwrap(), random().unwrap());
    let text = one.expose().strip_prefix("whsec_").unwrap();
    assert_eq!(STANDARD.decode_to_vec(text).unwrap().len(), 32);
    assert!(one != other);
}
