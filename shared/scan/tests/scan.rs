//! What the scanner finds and refuses, document by document.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use scan::{MAX_DEPTH, MAX_SCALAR, Pointer, Scalar, ScanError, Scanner, scan};

fn pointers(texts: &[&str]) -> Vec<Pointer> {
    texts
        .iter()
        .map(|text| Pointer::parse(text).unwrap())
        .collect()
}

/// Scans at once and in pieces of one, two, three... bytes, which must agree.
fn found(document: impl AsRef<[u8]>, texts: &[&str]) -> Result<Vec<Option<Scalar>>, ScanError> {
    let document = document.as_ref();
    let pointers = pointers(texts);
    let whole = scan(document, &pointers);
    for size in (1..20).chain([63, 64, 65, 1000]) {
        assert_eq!(
            whole,
            in_pieces(document.chunks(size), &pointers),
            "in pieces of {size}"
        );
    }
    whole
}

fn in_pieces<'a>(
    pieces: impl Iterator<Item = &'a [u8]>,
    pointers: &[Pointer],
) -> Result<Vec<Option<Scalar>>, ScanError> {
    let mut scanner = Scanner::new(pointers);
    for piece in pieces {
        scanner.feed(piece)?;
    }
    scanner.finish()
}

fn code(document: impl AsRef<[u8]>, texts: &[&str]) -> &'static str {
    found(document, texts).map_or_else(|error| error.code(), |_| "valid")
}

fn string(text: &str) -> Option<Scalar> {
    Some(Scalar::String(text.to_owned()))
}

fn number(text: &str) -> Option<Scalar> {
    Some(Scalar::Number(text.to_owned()))
}

#[test]
fn finds_each_kind_of_scalar() {
    let document = r#" { "s" : "text" , "n":-1.50e+3,"t":true,"f":false,
        "z":null,"o":{"s":1},"a":[{}] } "#;
    let texts = [
        "/s",
        "/n",
        "/t",
        "/f",
        "/z",
        "/o",
        "/a",
        "/o/s",
        "/none",
        "/s/deeper",
        "/a/0",
    ];
    assert_eq!(
        found(document, &texts).unwrap(),
        [
            string("text"),
            number("-1.50e+3"),
            Some(Scalar::Bool(true)),
            Some(Scalar::Bool(false)),
            Some(Scalar::Null),
            Some(Scalar::Composite),
            Some(Scalar::Composite),
            number("1"),
            None,
            None,
            Some(Scalar::Composite),
        ]
    );
}

#[test]
fn follows_array_indices() {
    let document = r#"{"a":[10,[20,21],{"b":30,"0":31},"x",null]}"#;
    let texts = [
        "/a/0", "/a/1/1", "/a/2/b", "/a/2/0", "/a/3", "/a/5", "/a/-", "/a/01", "/a/4",
    ];
    assert_eq!(
        found(document, &texts).unwrap(),
        [
            number("10"),
            number("21"),
            number("30"),
            number("31"),
            string("x"),
            None,
            None,
            None,
            Some(Scalar::Null),
        ]
    );
    assert_eq!(
        found("[1,2]", &["/1", "/0"]).unwrap(),
        [number("2"), number("1")]
    );
    // A key that looks like an index, and an index where there is an object.
    assert_eq!(
        found(r#"{"01":1,"-":2}"#, &["/01", "/-"]).unwrap(),
        [number("1"), number("2")]
    );
}

#[test]
fn the_same_pointer_twice_is_answered_twice() {
    assert_eq!(
        found(r#"{"a":1}"#, &["/a", "/a"]).unwrap(),
        [number("1"), number("1")]
    );
}

#[test]
fn a_lone_scalar_is_a_document() {
    for document in [
        "1",
        "-0",
        "0.5",
        "1e9",
        " true ",
        "null",
        "\"\"",
        "\t\"a\"\r\n",
    ] {
        assert_eq!(found(document, &["/a"]).unwrap(), [None], "{document}");
    }
}

#[test]
fn keys_are_compared_decoded() {
    assert_eq!(
        found(r#"{"\u0069\u0064":1}"#, &["/id"]).unwrap(),
        [number("1")]
    );
    assert_eq!(
        found(r#"{"a\/b":1,"m~n":2}"#, &["/a~1b", "/m~0n"]).unwrap(),
        [number("1"), number("2")]
    );
    assert_eq!(found(r#"{"":{"":"x"}}"#, &["//"]).unwrap(), [string("x")]);
    assert_eq!(
        found(r#"{"\ud83d\ude00":1}"#, &["/😀"]).unwrap(),
        [number("1")]
    );
    assert_eq!(
        found(r#"{"idx":1,"i":2,"ID":3}"#, &["/id"]).unwrap(),
        [None]
    );
}

#[test]
fn strings_are_decoded() {
    let document = r#"{"a":"\"\\\/\b\f\n\r\t\u00e9é\uD83D\ude00\u0000"}"#;
    assert_eq!(
        found(document, &["/a"]).unwrap(),
        [string("\"\\/\u{8}\u{c}\n\r\téé😀\0")]
    );
}

#[test]
fn half_a_surrogate_pair_is_refused_where_it_is_wanted() {
    for half in [
        r"\ud800",
        r"\ud800x",
        r"\ud800\n",
        r"\ud800\ud800",
        r"\udc00",
        r"\udc00\ud800",
    ] {
        let wanted = format!(r#"{{"a":"{half}"}}"#);
        assert_eq!(code(&wanted, &["/a"]), "json_malformed", "{half}");
        assert_eq!(code(&wanted, &["/b"]), "valid", "{half}");
        let key = format!(r#"{{"{half}":1}}"#);
        assert_eq!(code(&key, &["/a"]), "json_malformed", "{half}");
        assert_eq!(code(&key, &[]), "valid", "{half}");
    }
}

#[test]
fn malformed_documents_are_refused() {
    let broken = [
        "",
        " ",
        "{",
        "[",
        "]",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1}",
        "{]",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\":1 \"b\":2}",
        "{,}",
        "[:]",
        "{\"a\"::1}",
        "{\"a\":1]",
        "1 2",
        "{}{}",
        "[],",
        "nul",
        "nulll",
        "True",
        "truE",
        "fals",
        "NaN",
        "Infinity",
        "-",
        "--1",
        "+1",
        "01",
        "-01",
        ".5",
        "1.",
        "1.e5",
        "1e",
        "1e+",
        "1E-",
        "1e5.5",
        "1.2.3",
        "0x10",
        "1_000",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\u123",
        "\"\\",
        "\"\u{0}\"",
        "\"\u{1f}\"",
        "\"\n\"",
        "\"\t\"",
        "\u{feff}{}",
        "\u{a0}{}",
        "{}\u{0}",
        "[1]\u{c}",
        "/**/1",
        "[1]//",
        "[\u{b}1]",
        "[\"a\",\"b\\\"]",
        "[tru]",
        "[nul,1]",
        "{\"a\":-}",
        "\\u0031",
    ];
    for document in broken {
        assert_eq!(code(document, &[]), "json_malformed", "{document:?}");
        assert_eq!(
            code(document, &["/a", "/0", "/a/b"]),
            "json_malformed",
            "{document:?}"
        );
    }
}

#[test]
fn every_control_character_is_refused_in_every_kind_of_string() {
    for control in (0..0x20).map(char::from) {
        for document in [
            format!("[\"{control}\"]"),
            format!("{{\"{control}\":1}}"),
            format!("{{\"a\":\"{}{control}\"}}", "x".repeat(200)),
            format!("{{\"a\":\"\\n{control}\"}}"),
        ] {
            assert_eq!(code(&document, &[]), "json_malformed", "{document:?}");
            assert_eq!(code(&document, &["/a"]), "json_malformed", "{document:?}");
        }
    }
    assert_eq!(code("[\"\u{7f}\"]", &["/0"]), "valid");
}

#[test]
fn any_document_cut_short_is_refused() {
    let document = r#"{"a":[1,-2.5e+1,true,false,null,"x\u00e9\n"],"b":{"c":"d"}}"#;
    for end in 0..document.len() {
        assert_eq!(
            code(&document[..end], &["/a/1", "/b/c"]),
            "json_malformed",
            "{end}"
        );
    }
    assert_eq!(code(document, &["/a/1", "/b/c"]), "valid");
}

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
        let error = scan(document.as_bytes(), &pointers(&["/other", pointer])).unwrap_err();
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
        let error = scan(document(&long).as_bytes(), &pointers(&["/b", "/a"])).unwrap_err();
        assert!(matches!(error, ScanError::ValueTooLong { pointer: 1, .. }));
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
        assert_eq!(code(&broken, &["/id"]), "json_not_utf8", "{length}");
    }
    // What is left of a long key is no key of its own.
    let key = format!("{}id", "x".repeat(MAX_SCALAR));
    let texts = ["/id", "/d", "/"];
    let nothing = [const { None }; 3];
    assert_eq!(found(format!(r#"{{"{key}":1}}"#), &texts).unwrap(), nothing);
    // Of two faults the first one counts, however the key is cut.
    let two = [&b"{\""[..], &[b'x'; MAX_SCALAR + 900], b"\xffxx\n\":1}"].concat();
    assert_eq!(code(&two, &["/id"]), "json_not_utf8");
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
        assert_eq!(code(&key, &["/a"]), "json_not_utf8", "{bad:?}");
        assert_eq!(code(&key, &[]), "valid", "{bad:?}");
        let outside = [b"[", bad, b"]"].concat();
        assert_eq!(code(&outside, &["/0"]), "json_malformed", "{bad:?}");
    }
}

#[test]
fn an_error_stays() {
    let mut scanner = Scanner::new(&[]);
    scanner.feed(b"[1,\n").unwrap();
    let error = scanner.feed(b"  ]").unwrap_err();
    assert_eq!(error.offset(), 6);
    assert_eq!(scanner.feed(b"1]"), Err(error));
    assert_eq!(scanner.feed(b""), Err(error));
    assert_eq!(scanner.finish(), Err(error));
}

#[test]
fn an_error_shows_nothing_of_the_document() {
    for document in [
        "{\"secret\":secret}",
        "{\"secret\":1,\"secret\":2}",
        "[\"\\secret\"]",
    ] {
        let error = scan(document.as_bytes(), &pointers(&["/secret"])).unwrap_err();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
}

#[test]
fn empty_pieces_change_nothing() {
    let pointers = pointers(&["/a"]);
    let mut scanner = Scanner::new(&pointers);
    for piece in ["", "{\"a\"", "", ":", "", "12", "", "3", "", "}", ""] {
        scanner.feed(piece.as_bytes()).unwrap();
    }
    assert_eq!(scanner.finish().unwrap(), [number("123")]);
}
