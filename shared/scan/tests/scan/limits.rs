//! Where the scanner draws a line, and what its errors say.

use super::*;

#[test]
fn nesting_has_a_limit() {
    let nested = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
    assert_eq!(code(nested(MAX_DEPTH), &[]), "valid");
    assert_eq!(code(nested(MAX_DEPTH), &["/0/0"]), "valid");
    assert_eq!(code(nested(MAX_DEPTH + 1), &[]), "json_too_deep");
    assert_eq!(code(nested(10_000), &["/a"]), "json_too_deep");
    assert_eq!(code("{\"a\":".repeat(10_000), &["/a"]), "json_too_deep");
    assert_eq!(code("[{\"a\":".repeat(10_000), &["/0/a"]), "json_too_deep");
    let error = scan(&nested(10_000), &[]).unwrap_err();
    assert_eq!(
        error,
        ScanError::TooDeep {
            offset: MAX_DEPTH as u64
        }
    );
}

#[test]
fn a_pointer_may_lead_to_the_deepest_level() {
    let document = format!("{}7{}", "{\"k\":".repeat(MAX_DEPTH), "}".repeat(MAX_DEPTH));
    assert_eq!(
        found(&document, &[&"/k".repeat(MAX_DEPTH)]).unwrap(),
        [number("7")]
    );
}

#[test]
fn a_key_on_the_way_may_stand_once() {
    let refused = [
        (r#"{"a":1,"a":2}"#, "/a"),
        (r#"{"a":1,"\u0061":2}"#, "/a"),
        (r#"{"a":{"b":1},"a":5}"#, "/a/b"),
        (r#"{"a":5,"a":{"b":1}}"#, "/a/b"),
        (r#"{"a":{"b":1,"b":1}}"#, "/a/b"),
        (r#"{"a":{"b":1,"x":{"b":2},"b":1}}"#, "/a/b"),
        (r#"[{"b":1,"b":1}]"#, "/0/b"),
        (r#"{"a":[],"a":[]}"#, "/a/0"),
    ];
    for (document, pointer) in refused {
        assert_eq!(
            code(document, &[pointer]),
            "json_duplicate_key",
            "{document}"
        );
        let found = scan(document.as_bytes(), &pointers(&["/other", pointer])).unwrap();
        let error = fault(found.iter().flatten()).unwrap();
        assert!(
            matches!(error, ScanError::DuplicateKey { pointer: 1, .. }),
            "{document}"
        );
    }
    let elsewhere = [
        (r#"{"x":1,"x":2,"a":3}"#, "/a"),
        (r#"{"a":{"x":1,"x":2}}"#, "/a"),
        (r#"{"x":{"a":1},"y":{"a":2},"a":3}"#, "/a"),
        (r#"[{"b":1},{"b":2,"b":3}]"#, "/0/b"),
    ];
    for (document, pointer) in elsewhere {
        assert_eq!(code(document, &[pointer]), "valid", "{document}");
    }
}

#[test]
fn a_kept_scalar_has_a_limit() {
    let text = "x".repeat(MAX_SCALAR);
    let document = |text: &str| format!(r#"{{"b":1,"a":"{text}"}}"#);
    assert_eq!(found(document(&text), &["/a"]).unwrap(), [string(&text)]);
    let escaped = r"\u0061".repeat(MAX_SCALAR);
    assert_eq!(
        found(document(&escaped), &["/a"]).unwrap(),
        [string(&"a".repeat(MAX_SCALAR))]
    );
    for long in [
        format!("{text}x"),
        format!(r"{text}\n"),
        format!(r"{escaped}\u0061"),
    ] {
        assert_eq!(code(document(&long), &["/b", "/a"]), "json_value_too_long");
        assert_eq!(code(document(&long), &["/b"]), "valid");
        let found = scan(document(&long).as_bytes(), &pointers(&["/b", "/a"])).unwrap();
        assert_eq!(found[0], number("1"), "the others are none the worse");
        let error = fault(found.iter().flatten());
        assert!(matches!(
            error,
            Some(ScanError::ValueTooLong { pointer: 1, .. })
        ));
    }
    let digits = "7".repeat(MAX_SCALAR);
    assert_eq!(
        found(format!("[{digits}]"), &["/0"]).unwrap(),
        [number(&digits)]
    );
    assert_eq!(code(format!("[{digits}7]"), &["/0"]), "json_value_too_long");
    assert_eq!(code(format!("[{digits}7]"), &["/1"]), "valid");
}

#[test]
fn a_key_of_any_length_is_read() {
    for length in [
        MAX_SCALAR - 1,
        MAX_SCALAR,
        MAX_SCALAR + 1,
        3 * MAX_SCALAR,
        100_000,
    ] {
        let key = "é".repeat(length / 2);
        let document = format!(r#"{{"{key}":1,"id":2}}"#);
        assert_eq!(
            found(&document, &["/id"]).unwrap(),
            [number("2")],
            "{length}"
        );
        let mut broken = document.into_bytes();
        let place = length / 2 * 2;
        broken[place + 1] = 0xff;
        assert_eq!(found(&broken, &["/id"]).unwrap(), [number("2")], "{length}");
    }
    // What is left of a long key is no key of its own.
    let key = format!("{}id", "x".repeat(MAX_SCALAR));
    let texts = ["/id", "/d", "/"];
    let nothing = [const { None }; 3];
    assert_eq!(found(format!(r#"{{"{key}":1}}"#), &texts).unwrap(), nothing);
}

#[test]
fn utf8_is_checked_where_it_is_kept() {
    for bad in [
        &b"\xff"[..],
        b"\xc3",
        b"\xe2\x82",
        b"\xed\xa0\x80",
        b"\xc0\xaf",
        b"\xe2\\n\x82\xac",
    ] {
        let value = [b"{\"a\":\"", bad, b"\"}"].concat();
        assert_eq!(code(&value, &["/a"]), "json_not_utf8", "{bad:?}");
        assert_eq!(code(&value, &["/b"]), "valid", "{bad:?}");
        let key = [b"{\"", bad, b"\":1}"].concat();
        assert_eq!(code(&key, &["/a"]), "valid", "{bad:?}");
        assert_eq!(code(&key, &[]), "valid", "{bad:?}");
        let outside = [b"[", bad, b"]"].concat();
        assert_eq!(code(&outside, &["/0"]), "json_malformed", "{bad:?}");
    }
}

#[test]
fn a_value_that_is_unusable_spoils_no_other() {
    let document = format!(
        r#"{{"time":"{}","half":"\ud800","twice":{{"a":1}},"twice":{{"b":2}},"id":"evt_1"}}"#,
        "9".repeat(5000)
    );
    let texts = ["/time", "/half", "/twice/a", "/twice/b", "/id"];
    let found = found(&document, &texts).unwrap();
    let codes: Vec<_> = found
        .iter()
        .map(|one| fault(one).map(|error| error.code()))
        .collect();
    assert_eq!(
        codes,
        [
            Some("json_value_too_long"),
            Some("json_not_utf8"),
            Some("json_duplicate_key"),
            Some("json_duplicate_key"),
            None
        ]
    );
    assert_eq!(found[4], string("evt_1"));
}

#[test]
fn a_byte_order_mark_may_stand_before_the_document() {
    for document in ["\u{feff}{\"id\":7}", "\u{feff} \n{\"id\":7}"] {
        assert_eq!(found(document, &["/id"]).unwrap(), [number("7")]);
    }
    assert_eq!(code("\u{feff}7", &[]), "valid");
}

#[test]
fn an_error_says_where() {
    for (document, offset) in [
        ("[1,\n  ]", 6),
        ("[1,\n", 4),
        ("{\"a\" 1}", 5),
        ("[-]", 2),
        ("[\"\t\"]", 2),
        ("[1]x", 3),
    ] {
        let error = scan(document.as_bytes(), &[]).unwrap_err();
        assert_eq!(error.offset(), offset, "{document}");
    }
}

#[test]
fn an_error_shows_nothing_of_the_document() {
    for document in [
        "{\"secret\":secret}",
        "{\"secret\":1,\"secret\":2}",
        "[\"\\secret\"]",
    ] {
        let shown = match scan(document.as_bytes(), &pointers(&["/secret"])) {
            Ok(found) => fault(found.iter().flatten()).unwrap(),
            Err(error) => error,
        };
        assert!(!format!("{shown} {shown:?}").contains("secret"));
    }
}
