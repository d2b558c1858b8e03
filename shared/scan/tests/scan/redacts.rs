//! What is left of a document when values are taken out of it.

use scan::redacted;

use super::*;

const MARK: &str = "\"[redacted]\"";

fn shown(document: impl AsRef<[u8]>, texts: &[&str]) -> Result<String, ScanError> {
    let shown = redacted(document.as_ref(), &pointers(texts), MARK.as_bytes())?;
    Ok(String::from_utf8(shown).unwrap())
}

#[test]
fn any_value_goes_and_all_else_stays_byte_for_byte() {
    for value in [
        "\"a@example.com\"",
        "\"a\\u0040example.com\\\"\"",
        "1e400",
        "-0.5",
        "null",
        "true",
        "{}",
        "[1, {\"a\": [\"b\"]}]",
        "{\"email\": {\"email\": 1}}",
    ] {
        let document = format!("\u{feff} {{\"a\" :\t[1.0,{value} ],\n\"email\":{value}}}\r\n");
        let expected = document.replace(&format!(":{value}}}"), &format!(":{MARK}}}"));
        assert_eq!(shown(&document, &["/email"]).unwrap(), expected);
        let expected = document.replace(&format!("1.0,{value} "), &format!("1.0,{MARK} "));
        assert_eq!(shown(&document, &["/a/1"]).unwrap(), expected);
    }
}

#[test]
fn several_places_and_places_within_others_go_once() {
    let document = r#"{"a":{"b":"CANARY","c":1},"d":["CANARY","x","CANARY"]}"#;
    for (texts, expected) in [
        (
            &["/a/b", "/d/0", "/d/2"][..],
            r#"{"a":{"b":M,"c":1},"d":[M,"x",M]}"#,
        ),
        (&["/a", "/a/b", "/d"], r#"{"a":M,"d":M}"#),
        (&["/a/b", "/a", "/d/2", "/d/0"], r#"{"a":M,"d":[M,"x",M]}"#),
    ] {
        assert_eq!(shown(document, texts).unwrap(), expected.replace('M', MARK));
    }
}

/// The scanner finds nothing under a repeated key; nothing of it may be shown either.
#[test]
fn each_value_of_a_repeated_key_goes_however_it_is_written() {
    let document = r#"{"u":{"email":"CANARY"},"u":{"e\u006dail":"CANARY","email":["CANARY"]}}"#;
    let shown = shown(document, &["/u/email"]).unwrap();
    assert!(!shown.contains("CANARY"), "{shown}");
    assert_eq!(shown.matches(MARK).count(), 3);
}

#[test]
fn a_place_that_is_not_there_changes_nothing() {
    let document = r#"{"a":{"email":"x"},"emails":1,"b":[["y"]]}"#;
    for text in ["/email", "/a/email/x", "/b/0/0/0", "/b/00", "/b/-", "/c"] {
        assert_eq!(shown(document, &[text]).unwrap(), document, "{text}");
    }
    assert_eq!(shown(document, &[]).unwrap(), document);
}

#[test]
fn what_is_no_sound_document_is_refused_as_a_scan_refuses_it() {
    let deep = "[".repeat(MAX_DEPTH + 1);
    for document in [
        "",
        "{",
        "{\"a\":1",
        "{\"a\":1}x",
        "{a:1}",
        "email=x",
        "[1,]",
        "\"\\x\"",
        &deep,
        "{\"email\":\"CANARY}",
        "{\"email\":\"CANARY\"}{\"email\":\"CANARY\"}",
    ] {
        let expected = scan(document.as_bytes(), &pointers(&["/email"])).unwrap_err();
        assert_eq!(shown(document, &["/email"]), Err(expected), "{document}");
    }
}

#[test]
fn the_deepest_way_is_followed_to_its_end() {
    let document = format!(
        "{}\"CANARY\"{}",
        "[".repeat(MAX_DEPTH),
        "]".repeat(MAX_DEPTH)
    );
    let shown = shown(&document, &["/0".repeat(MAX_DEPTH).as_str()]).unwrap();
    assert_eq!(shown, document.replace("\"CANARY\"", MARK));
}
